package dev.leat.cli.records;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.leat.api.batch.RecordHeader;
import dev.leat.cli.console.Console;
import dev.leat.client.ConsumerRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Prints records as JSON. Bytes that are text in UTF-8 become a string, all others an object {@code
 * {"base64": …}}, so that nothing is lost. Headers are an array, as a name may come twice.
 */
final class JsonRecordPrinter implements RecordFormat.RecordPrinter {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final Console console;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  JsonRecordPrinter(Console console) {
    this.console = console;
  }

  @Override
  public void print(ConsumerRecord record) {
    line.reset();
    try (JsonGenerator json = FACTORY.createGenerator(line)) {
      write(json, record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    line.write('\n');
    console.result(line.toByteArray());
  }

  private static void write(JsonGenerator json, ConsumerRecord record) throws IOException {
    json.writeStartObject();
    json.writeNumberField("partition", record.partition());
    json.writeNumberField("offset", record.offset());
    json.writeNumberField("timestamp", record.timestamp());
    writeBytes(json, "key", record.key());
    writeBytes(json, "value", record.value());
    json.writeArrayFieldStart("headers");
    for (RecordHeader header : record.headers()) {
      json.writeStartObject();
      json.writeStringField("key", header.name());
      writeBytes(json, "value", header.value());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeBytes(JsonGenerator json, String name, byte @Nullable [] bytes)
      throws IOException {
    json.writeFieldName(name);
    if (bytes == null) {
      json.writeNull();
      return;
    }
    try {
      ByteBuffer view = ByteBuffer.wrap(bytes);
      json.writeString(StandardCharsets.UTF_8.newDecoder().decode(view).toString());
    } catch (CharacterCodingException e) {
      json.writeStartObject();
      json.writeBinaryField("base64", bytes);
      json.writeEndObject();
    }
  }
}
