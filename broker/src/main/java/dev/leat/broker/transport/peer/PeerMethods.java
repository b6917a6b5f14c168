package dev.leat.broker.transport.peer;

import dev.leat.api.rpc.BufferSource;
import dev.leat.api.rpc.MessageInput;
import dev.leat.api.rpc.ReleasableBuffer;
import io.grpc.MethodDescriptor;
import java.io.InputStream;

/**
 * The two methods of a link, one for each lane, on two connections: so that orders never wait
 * behind records, not even in the windows of HTTP/2. Not for clients.
 */
final class PeerMethods {
  static final String SERVICE = "leat.peer.v1.PeerService";
  private static final String ORDERS = "Orders";
  private static final String RECORDS = "Records";

  private PeerMethods() {}

  /** Methods as who dials sees them. */
  record Client(
      MethodDescriptor<FrameWriter, ReleasableBuffer> orders,
      MethodDescriptor<FrameWriter, ReleasableBuffer> records) {}

  /** Methods as who is dialled sees them. */
  record Server(
      MethodDescriptor<ReleasableBuffer, FrameWriter> orders,
      MethodDescriptor<ReleasableBuffer, FrameWriter> records) {}

  static Client client(BufferSource memory) {
    return new Client(
        method(ORDERS, new Outgoing(), new Incoming(memory)),
        method(RECORDS, new Outgoing(), new Incoming(memory)));
  }

  static Server server(BufferSource memory) {
    return new Server(
        method(ORDERS, new Incoming(memory), new Outgoing()),
        method(RECORDS, new Incoming(memory), new Outgoing()));
  }

  private static <Q, A> MethodDescriptor<Q, A> method(
      String name, MethodDescriptor.Marshaller<Q> request, MethodDescriptor.Marshaller<A> answer) {
    return MethodDescriptor.<Q, A>newBuilder(request, answer)
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .build();
  }

  private record Outgoing() implements MethodDescriptor.Marshaller<FrameWriter> {
    @Override
    public InputStream stream(FrameWriter frame) {
      return frame.finish();
    }

    @Override
    public FrameWriter parse(InputStream input) {
      throw new UnsupportedOperationException("this side only sends such messages");
    }
  }

  private record Incoming(BufferSource memory)
      implements MethodDescriptor.Marshaller<ReleasableBuffer> {
    @Override
    public InputStream stream(ReleasableBuffer frame) {
      throw new UnsupportedOperationException("this side only receives such messages");
    }

    @Override
    public ReleasableBuffer parse(InputStream input) {
      return MessageInput.read(input, memory);
    }
  }
}
