package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tools ask that know nothing of Leat: grpcurl, load balancers, probes. */
class OpenServicesTest {
  private static final int DEADLINE_S = 20;
  private static final List<String> SERVICES =
      List.of(
          "leat.v1.ClusterService",
          "leat.v1.GroupService",
          "leat.v1.QueueService",
          "leat.v1.RecordService",
          "leat.v1.TopicService",
          "leat.v1.TransactionService");

  @TempDir Path directory;
  private RunningBroker running;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    running = new RunningBroker(directory);
    channel = running.connect();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    running.close();
  }

  @Test
  void shouldTellTheHealthOfTheWholeAndOfEachService() {
    List<String> asked = new ArrayList<>(SERVICES);
    asked.add("");
    for (String service : asked) {
      assertThat(
              HealthGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(DEADLINE_S, TimeUnit.SECONDS)
                  .check(HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus())
          .as("health of \"" + service + "\"")
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void shouldShowItsServicesAndMessages() throws Exception {
    List<String> names =
        ask(ServerReflectionRequest.newBuilder().setListServices("").build())
            .getListServicesResponse()
            .getServiceList()
            .stream()
            .map(ServiceResponse::getName)
            .toList();
    assertThat(names).containsAll(SERVICES).contains("grpc.health.v1.Health");

    for (String service : SERVICES) {
      assertThat(methodsOf(service)).as(service).isNotEmpty();
    }
    assertThat(methodsOf("leat.v1.RecordService"))
        .containsExactly("Produce", "Fetch", "ListOffsets");
  }

  private List<String> methodsOf(String service) throws Exception {
    List<ByteString> files =
        ask(ServerReflectionRequest.newBuilder().setFileContainingSymbol(service).build())
            .getFileDescriptorResponse()
            .getFileDescriptorProtoList();
    return files.stream()
        .map(OpenServicesTest::parse)
        .flatMap(file -> file.getServiceList().stream())
        .filter(found -> service.endsWith("." + found.getName()))
        .flatMap(found -> found.getMethodList().stream())
        .map(MethodDescriptorProto::getName)
        .toList();
  }

  private static FileDescriptorProto parse(ByteString bytes) {
    try {
      return FileDescriptorProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private ServerReflectionResponse ask(ServerReflectionRequest question) throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    questions.onNext(question);
    ServerReflectionResponse response = answer.get(DEADLINE_S, TimeUnit.SECONDS);
    questions.onCompleted();
    return response;
  }
}
