package dev.leat.api.proto;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What clients rely on in a set of {@code .proto} files, one element in a line: a key that says
 * what it is, and its form. An element may be added; one that is there may not change, and may go
 * only if its number and name are reserved.
 */
final class ProtoContract {

  private static final String SEPARATOR = " = ";

  private final TreeMap<String, String> elements = new TreeMap<>();
  private final TreeSet<String> reserved = new TreeSet<>();

  private ProtoContract() {}

  static ProtoContract of(FileDescriptorSet files) {
    ProtoContract contract = new ProtoContract();
    for (FileDescriptorProto file : files.getFileList()) {
      String scope = file.getPackage();
      file.getMessageTypeList().forEach(message -> contract.addMessage(scope, message));
      file.getEnumTypeList().forEach(type -> contract.addEnum(scope, type));
      file.getServiceList().forEach(service -> contract.addService(scope, service));
    }
    return contract;
  }

  static ProtoContract parse(List<String> lines) {
    ProtoContract contract = new ProtoContract();
    for (String line : lines) {
      int at = line.indexOf(SEPARATOR);
      if (at > 0) {
        contract.elements.put(line.substring(0, at), line.substring(at + SEPARATOR.length()));
      }
    }
    return contract;
  }

  List<String> lines() {
    return elements.entrySet().stream()
        .map(element -> element.getKey() + SEPARATOR + element.getValue())
        .toList();
  }

  /** What of this contract is broken by another one, one sentence each. */
  List<String> breaksIn(ProtoContract next) {
    List<String> breaks = new ArrayList<>();
    for (Map.Entry<String, String> element : elements.entrySet()) {
      String key = element.getKey();
      String now = next.elements.get(key);
      if (element.getValue().equals(now)) {
        continue;
      }
      if (now != null) {
        breaks.add(key + " changed from '" + element.getValue() + "' to '" + now + "'");
      } else if (!next.reserved.contains(key)
          || !next.reserved.contains(nameKey(key, element.getValue()))) {
        breaks.add(key + " (" + element.getValue() + ") is gone and not reserved");
      }
    }
    return breaks;
  }

  private static String nameKey(String key, String form) {
    String name = form.substring(form.lastIndexOf(' ') + 1);
    return key.substring(0, key.lastIndexOf(' ') + 1) + name;
  }

  private void addMessage(String scope, DescriptorProto message) {
    String name = scope + "." + message.getName();
    if (message.getOptions().getMapEntry()) {
      elements.put("map " + name, mapForm(message));
      return;
    }
    elements.put("message " + name, "message");
    for (FieldDescriptorProto field : message.getFieldList()) {
      elements.put("field " + name + " " + field.getNumber(), fieldForm(message, field));
    }
    for (DescriptorProto.ReservedRange range : message.getReservedRangeList()) {
      for (int number = range.getStart(); number < range.getEnd(); number++) {
        reserved.add("field " + name + " " + number);
      }
    }
    message.getReservedNameList().forEach(gone -> reserved.add("field " + name + " " + gone));
    message.getNestedTypeList().forEach(nested -> addMessage(name, nested));
    message.getEnumTypeList().forEach(nested -> addEnum(name, nested));
  }

  private static String mapForm(DescriptorProto entry) {
    return typeOf(entry.getField(0)) + " to " + typeOf(entry.getField(1));
  }

  private static String fieldForm(DescriptorProto message, FieldDescriptorProto field) {
    StringBuilder form = new StringBuilder();
    if (field.getLabel() == Label.LABEL_REPEATED) {
      form.append("repeated ");
    } else if (field.getProto3Optional()) {
      form.append("optional ");
    } else if (field.hasOneofIndex()) {
      form.append("oneof ")
          .append(message.getOneofDecl(field.getOneofIndex()).getName())
          .append(' ');
    }
    return form.append(typeOf(field)).append(' ').append(field.getName()).toString();
  }

  private static String typeOf(FieldDescriptorProto field) {
    boolean named = field.getType() == Type.TYPE_MESSAGE || field.getType() == Type.TYPE_ENUM;
    return named
        ? field.getTypeName().substring(1)
        : field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
  }

  private void addEnum(String scope, EnumDescriptorProto type) {
    String name = scope + "." + type.getName();
    elements.put("enum " + name, "enum");
    for (EnumValueDescriptorProto value : type.getValueList()) {
      elements.put("value " + name + " " + value.getNumber(), value.getName());
    }
    for (EnumDescriptorProto.EnumReservedRange range : type.getReservedRangeList()) {
      for (int number = range.getStart(); number <= range.getEnd(); number++) {
        reserved.add("value " + name + " " + number);
      }
    }
    type.getReservedNameList().forEach(gone -> reserved.add("value " + name + " " + gone));
  }

  private void addService(String scope, ServiceDescriptorProto service) {
    String name = scope + "." + service.getName();
    elements.put("service " + name, "service");
    for (MethodDescriptorProto method : service.getMethodList()) {
      elements.put(
          "rpc " + name + " " + method.getName(),
          stream(method.getClientStreaming())
              + method.getInputType().substring(1)
              + " returns "
              + stream(method.getServerStreaming())
              + method.getOutputType().substring(1));
    }
  }

  private static String stream(boolean streaming) {
    return streaming ? "stream " : "";
  }
}
