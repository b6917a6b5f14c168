package dev.leat.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object, its fields in the order in which they were put. */
public final class JsonObject {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

  /** Puts text, or null. */
  public JsonObject put(String name, @Nullable String value) {
    fields.put(name, value);
    return this;
  }

  /** Puts a whole number. */
  public JsonObject put(String name, long value) {
    fields.put(name, value);
    return this;
  }

  /** Puts a number with three decimal places. */
  public JsonObject put(String name, double value) {
    fields.put(name, Math.round(value * 1_000) / 1_000.0);
    return this;
  }

  /** Puts a truth value. */
  public JsonObject put(String name, boolean value) {
    fields.put(name, value);
    return this;
  }

  /** Puts an object. */
  public JsonObject put(String name, JsonObject value) {
    fields.put(name, value);
    return this;
  }

  /** Puts an array; its elements are objects, texts or whole numbers. */
  public JsonObject put(String name, List<?> values) {
    fields.put(name, values);
    return this;
  }

  /** Puts null. */
  public JsonObject putNull(String name) {
    fields.put(name, null);
    return this;
  }

  /** On one line. */
  @Override
  public String toString() {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(generator, this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> generator.writeNull();
      case String text -> generator.writeString(text);
      case Boolean truth -> generator.writeBoolean(truth);
      case Double number -> generator.writeNumber(number);
      case Number number -> generator.writeNumber(number.longValue());
      case List<?> elements -> {
        generator.writeStartArray();
        for (Object element : elements) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case JsonObject object -> {
        generator.writeStartObject();
        for (Map.Entry<String, @Nullable Object> field : object.fields.entrySet()) {
          generator.writeFieldName(field.getKey());
          write(generator, field.getValue());
        }
        generator.writeEndObject();
      }
      default -> throw new IllegalArgumentException("no JSON: " + value);
    }
  }
}
