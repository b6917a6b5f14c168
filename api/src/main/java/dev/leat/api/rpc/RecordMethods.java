package dev.leat.api.rpc;

import dev.leat.v1.FetchRequest;
import dev.leat.v1.ListOffsetsRequest;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.RecordServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServiceDescriptor;
import java.io.InputStream;
import java.util.function.Function;

/**
 * The methods of {@code leat.v1.RecordService} with fast marshallers: names, types and bytes on the
 * wire are those of the generated {@link RecordServiceGrpc}.
 */
public final class RecordMethods {

  private RecordMethods() {}

  /**
   * The methods that a broker binds, and the description of their service. A {@code
   * ServerServiceDefinition} must be built of exactly these objects.
   *
   * @param service description of the service, with the schema that reflection shows
   * @param produce takes views, see {@link ProduceRequestView} for malformed messages
   * @param fetch sends frames
   * @param listOffsets as generated
   */
  public record Server(
      ServiceDescriptor service,
      MethodDescriptor<ProduceRequestView, ProduceResponse> produce,
      MethodDescriptor<FetchRequest, FetchResponseFrame> fetch,
      MethodDescriptor<ListOffsetsRequest, ListOffsetsResponse> listOffsets) {}

  /**
   * The methods that a client calls.
   *
   * @param produce sends frames
   * @param fetch takes views
   */
  public record Client(
      MethodDescriptor<ProduceRequestFrame, ProduceResponse> produce,
      MethodDescriptor<FetchRequest, FetchResponseView> fetch) {}

  /**
   * The broker's side.
   *
   * @param buffers memory of incoming produce requests
   */
  public static Server server(BufferSource buffers) {
    TopicNameCache names = new TopicNameCache();
    var generatedProduce = RecordServiceGrpc.getProduceMethod();
    var produce =
        generatedProduce.toBuilder(
                RecordMethods.<ProduceRequestView>inbound(
                    input -> ProduceRequestView.parse(input, buffers, names)),
                generatedProduce.getResponseMarshaller())
            .build();
    var generatedFetch = RecordServiceGrpc.getFetchMethod();
    var fetch =
        generatedFetch.toBuilder(
                generatedFetch.getRequestMarshaller(),
                RecordMethods.<FetchResponseFrame>outbound(FetchResponseFrame::stream))
            .build();
    var listOffsets = RecordServiceGrpc.getListOffsetsMethod();
    ServiceDescriptor generated = RecordServiceGrpc.getServiceDescriptor();
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(generated.getName())
            .setSchemaDescriptor(generated.getSchemaDescriptor())
            .addMethod(produce)
            .addMethod(fetch)
            .addMethod(listOffsets)
            .build();
    return new Server(service, produce, fetch, listOffsets);
  }

  /**
   * The client's side.
   *
   * @param buffers memory of incoming fetch responses
   */
  public static Client client(BufferSource buffers) {
    TopicNameCache names = new TopicNameCache();
    var generatedProduce = RecordServiceGrpc.getProduceMethod();
    var produce =
        generatedProduce.toBuilder(
                RecordMethods.<ProduceRequestFrame>outbound(ProduceRequestFrame::stream),
                generatedProduce.getResponseMarshaller())
            .build();
    var generatedFetch = RecordServiceGrpc.getFetchMethod();
    var fetch =
        generatedFetch.toBuilder(
                generatedFetch.getRequestMarshaller(),
                RecordMethods.<FetchResponseView>inbound(
                    input -> FetchResponseView.parse(input, buffers, names)))
            .build();
    return new Client(produce, fetch);
  }

  private static <T> Marshaller<T> inbound(Function<InputStream, T> parser) {
    return new Marshaller<>() {
      @Override
      public InputStream stream(T message) {
        throw new UnsupportedOperationException("this side only receives such messages");
      }

      @Override
      public T parse(InputStream input) {
        return parser.apply(input);
      }
    };
  }

  private static <T> Marshaller<T> outbound(Function<T, InputStream> writer) {
    return new Marshaller<>() {
      @Override
      public InputStream stream(T message) {
        return writer.apply(message);
      }

      @Override
      public T parse(InputStream input) {
        throw new UnsupportedOperationException("this side only sends such messages");
      }
    };
  }
}
