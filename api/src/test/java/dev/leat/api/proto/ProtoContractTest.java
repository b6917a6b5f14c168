package dev.leat.api.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.ProduceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Clients of any age must go on working: what the golden file names stays as it is.
 *
 * <p>With {@code -Dleat.proto.golden=write} the golden file is written anew: at a release, for what
 * was added, or for a break that is really meant.
 */
class ProtoContractTest {

  private static final Path GOLDEN = Path.of("src/main/proto/leat/v1/contract.golden");
  private static final Path COMPILED = Path.of("target/leat.v1.desc");

  @Test
  void shouldKeepWhatClientsRelyOn() throws IOException {
    ProtoContract now = ProtoContract.of(compiled());
    if ("write".equals(System.getProperty("leat.proto.golden"))) {
      Files.write(GOLDEN, now.lines());
    }

    List<String> breaks = ProtoContract.parse(Files.readAllLines(GOLDEN)).breaksIn(now);

    assertThat(breaks).as("breaking changes; see contract.golden").isEmpty();
  }

  @Test
  void shouldBeWrittenByTheRules() throws IOException {
    List<String> findings = new ArrayList<>();
    for (FileDescriptorProto file : compiled().getFileList()) {
      findings.addAll(ProtoLint.findings(file));
    }

    assertThat(findings).isEmpty();
  }

  @Test
  void shouldCheckWhatIsCompiledIntoTheClasses() throws IOException {
    FileDescriptorSet classes =
        FileDescriptorSet.newBuilder()
            .addFile(ProduceRequest.getDescriptor().getFile().toProto())
            .addFile(MetadataUpdate.getDescriptor().getFile().toProto())
            .build();

    assertThat(ProtoContract.of(compiled()).lines()).containsAll(ProtoContract.of(classes).lines());
  }

  @Test
  void shouldFindEveryKindOfBreak() throws IOException {
    FileDescriptorSet before = compiled();
    ProtoContract contract = ProtoContract.of(before);

    assertThat(breaks(contract, "ProduceRequest", Change.RENUMBER)).isNotEmpty();
    assertThat(breaks(contract, "ProduceRequest", Change.RENAME)).isNotEmpty();
    assertThat(breaks(contract, "ProduceRequest", Change.RETYPE)).isNotEmpty();
    assertThat(breaks(contract, "ProduceRequest", Change.REMOVE)).isNotEmpty();
    assertThat(breaks(contract, "ProduceRequest", Change.REMOVE_AND_RESERVE)).isEmpty();
    assertThat(breaks(contract, "ProduceRequest", Change.ADD)).isEmpty();
  }

  @Test
  void shouldFindChangedMethodsAndValues() throws IOException {
    ProtoContract contract = ProtoContract.of(compiled());
    FileDescriptorSet.Builder changed = compiled().toBuilder();
    for (FileDescriptorProto.Builder file : changed.getFileBuilderList()) {
      if (file.getServiceCount() > 0) {
        MethodDescriptorProto.Builder method = file.getServiceBuilder(0).getMethodBuilder(0);
        method.setServerStreaming(!method.getServerStreaming());
      }
      if (file.getEnumTypeCount() > 0) {
        file.getEnumTypeBuilder(0).getValueBuilder(1).setName("OTHER");
      }
    }

    List<String> breaks = contract.breaksIn(ProtoContract.of(changed.build()));

    assertThat(breaks)
        .anyMatch(line -> line.startsWith("rpc "))
        .anyMatch(line -> line.startsWith("value "));
  }

  private enum Change {
    RENUMBER,
    RENAME,
    RETYPE,
    REMOVE,
    REMOVE_AND_RESERVE,
    ADD
  }

  private static List<String> breaks(ProtoContract contract, String message, Change change)
      throws IOException {
    FileDescriptorSet.Builder files = compiled().toBuilder();
    for (FileDescriptorProto.Builder file : files.getFileBuilderList()) {
      file.getMessageTypeBuilderList().stream()
          .filter(type -> type.getName().equals(message))
          .forEach(
              type -> {
                switch (change) {
                  case RENUMBER -> type.getFieldBuilder(0).setNumber(99);
                  case RENAME -> type.getFieldBuilder(0).setName("other");
                  case RETYPE -> type.getFieldBuilder(0).setType(Type.TYPE_STRING);
                  case REMOVE -> type.removeField(0);
                  case REMOVE_AND_RESERVE -> {
                    int number = type.getField(0).getNumber();
                    type.addReservedName(type.getField(0).getName());
                    type.addReservedRangeBuilder().setStart(number).setEnd(number + 1);
                    type.removeField(0);
                  }
                  case ADD ->
                      type.addFieldBuilder()
                          .setName("more")
                          .setNumber(99)
                          .setType(Type.TYPE_STRING);
                }
              });
    }
    return contract.breaksIn(ProtoContract.of(files.build()));
  }

  private static FileDescriptorSet compiled() throws IOException {
    return FileDescriptorSet.parseFrom(Files.readAllBytes(COMPILED));
  }
}
