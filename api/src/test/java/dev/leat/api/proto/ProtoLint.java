package dev.leat.api.proto;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How our {@code .proto} files are written; the rules are a subset of buf's. */
final class ProtoLint {

  private static final String FIELD_NAME = "[a-z][a-z0-9]*(_[a-z0-9]+)*";
  private static final String TYPE_NAME = "([A-Z][a-z0-9]*)+";

  private final FileDescriptorProto file;
  private final Set<List<Integer>> commented = new HashSet<>();
  private final List<String> findings = new ArrayList<>();

  private ProtoLint(FileDescriptorProto file) {
    this.file = file;
    for (Location location : file.getSourceCodeInfo().getLocationList()) {
      if (!location.getLeadingComments().isBlank()) {
        commented.add(location.getPathList());
      }
    }
  }

  /** What is wrong in a file that was compiled with its comments, one sentence each. */
  static List<String> findings(FileDescriptorProto file) {
    ProtoLint lint = new ProtoLint(file);
    for (int i = 0; i < file.getMessageTypeCount(); i++) {
      lint.checkMessage(file.getMessageType(i), i);
    }
    for (int i = 0; i < file.getEnumTypeCount(); i++) {
      lint.checkEnum(file.getEnumType(i), i);
    }
    for (int i = 0; i < file.getServiceCount(); i++) {
      lint.checkService(file.getService(i), i);
    }
    return lint.findings;
  }

  private void checkMessage(DescriptorProto message, int index) {
    checkName(message.getName(), TYPE_NAME);
    checkComment(message.getName(), FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, index);
    for (int i = 0; i < message.getFieldCount(); i++) {
      String name = message.getField(i).getName();
      checkName(name, FIELD_NAME);
      checkComment(
          message.getName() + "." + name,
          FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER,
          index,
          DescriptorProto.FIELD_FIELD_NUMBER,
          i);
    }
    boolean nests = message.getEnumTypeCount() > 0;
    for (DescriptorProto nested : message.getNestedTypeList()) {
      nests |= !nested.getOptions().getMapEntry();
    }
    expect(!nests, message.getName() + " has nested types: put them beside it");
  }

  private void checkEnum(EnumDescriptorProto type, int index) {
    checkName(type.getName(), TYPE_NAME);
    checkComment(type.getName(), FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, index);
    String prefix =
        type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
    expect(
        type.getValue(0).getName().equals(prefix + "UNSPECIFIED"),
        type.getName() + " must begin with " + prefix + "UNSPECIFIED");
    for (int i = 0; i < type.getValueCount(); i++) {
      String name = type.getValue(i).getName();
      expect(name.startsWith(prefix), name + " must begin with " + prefix);
      checkComment(
          name,
          FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER,
          index,
          EnumDescriptorProto.VALUE_FIELD_NUMBER,
          i);
    }
  }

  private void checkService(ServiceDescriptorProto service, int index) {
    checkName(service.getName(), TYPE_NAME + "Service");
    checkComment(service.getName(), FileDescriptorProto.SERVICE_FIELD_NUMBER, index);
    for (int i = 0; i < service.getMethodCount(); i++) {
      MethodDescriptorProto method = service.getMethod(i);
      checkName(method.getName(), TYPE_NAME);
      expect(
          method.getInputType().endsWith("." + method.getName() + "Request"),
          method.getName() + " must take a " + method.getName() + "Request");
      checkComment(
          service.getName() + "." + method.getName(),
          FileDescriptorProto.SERVICE_FIELD_NUMBER,
          index,
          ServiceDescriptorProto.METHOD_FIELD_NUMBER,
          i);
    }
  }

  private void checkName(String name, String pattern) {
    expect(name.matches(pattern), name + " is not of the form " + pattern);
  }

  private void checkComment(String name, Integer... path) {
    expect(commented.contains(List.of(path)), name + " has no comment before it");
  }

  private void expect(boolean holds, String finding) {
    if (!holds) {
      findings.add(file.getName() + ": " + finding);
    }
  }
}
