package dev.leat.api.rpc;

import dev.leat.api.batch.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the simple records of one partition in a message. The message was checked as a whole
 * when it was parsed, so nothing here fails. Not safe for use by several threads.
 */
public final class SimpleRecords {

  private static final int RECORD_KEY = 1 << 3 | 2;
  private static final int RECORD_VALUE = 2 << 3 | 2;
  private static final int RECORD_HEADER = 3 << 3 | 2;
  private static final int RECORD_TIMESTAMP = 4 << 3;
  private static final int RECORD_OFFSET = 5 << 3;
  private static final int HEADER_NAME = 1 << 3 | 2;
  private static final int HEADER_VALUE = 2 << 3 | 2;

  private final WireReader partition;
  private final int recordTag;
  private @Nullable ByteBuffer key;
  private @Nullable ByteBuffer value;
  private List<RecordHeader> headers = List.of();
  private long timestamp;
  private long offset;

  SimpleRecords(WireReader partition, int recordTag) {
    this.partition = partition;
    this.recordTag = recordTag;
  }

  /** Goes to the next record, if there is one. */
  public boolean next() {
    try {
      return parseNext();
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("the message has changed since it was parsed", e);
    }
  }

  /** View of the key, null if there is none. */
  public @Nullable ByteBuffer key() {
    return key;
  }

  /** View of the value, null if there is none. */
  public @Nullable ByteBuffer value() {
    return value;
  }

  /** Headers, in order. */
  public List<RecordHeader> headers() {
    return headers;
  }

  /** Event time in ms, 0 if not given. */
  public long timestamp() {
    return timestamp;
  }

  /** Offset; 0 in a record that is to be produced. */
  public long offset() {
    return offset;
  }

  /** Goes past all records and says how many there are. */
  static int check(WireReader partition, int recordTag) throws MalformedMessageException {
    SimpleRecords records = new SimpleRecords(partition, recordTag);
    int count = 0;
    while (records.parseNext()) {
      count++;
    }
    return count;
  }

  private boolean parseNext() throws MalformedMessageException {
    for (int tag = partition.nextTag(); tag != 0; tag = partition.nextTag()) {
      if (tag == recordTag) {
        partition.bytes();
        parse(partition.fieldReader());
        return true;
      }
      partition.skip(tag);
    }
    return false;
  }

  private void parse(WireReader record) throws MalformedMessageException {
    key = null;
    value = null;
    headers = List.of();
    timestamp = 0;
    offset = 0;
    for (int tag = record.nextTag(); tag != 0; tag = record.nextTag()) {
      switch (tag) {
        case RECORD_KEY -> key = slice(record);
        case RECORD_VALUE -> value = slice(record);
        case RECORD_HEADER -> addHeader(record);
        case RECORD_TIMESTAMP -> timestamp = record.varint();
        case RECORD_OFFSET -> offset = record.varint();
        default -> record.skip(tag);
      }
    }
  }

  private static ByteBuffer slice(WireReader reader) throws MalformedMessageException {
    reader.bytes();
    return reader.fieldSlice();
  }

  private void addHeader(WireReader record) throws MalformedMessageException {
    record.bytes();
    WireReader header = record.fieldReader();
    String name = "";
    byte[] bytes = null;
    for (int tag = header.nextTag(); tag != 0; tag = header.nextTag()) {
      switch (tag) {
        case HEADER_NAME -> {
          ByteBuffer text = slice(header);
          name = TopicNameCache.decode(text, 0, text.remaining());
        }
        case HEADER_VALUE -> {
          ByteBuffer view = slice(header);
          bytes = new byte[view.remaining()];
          view.get(bytes);
        }
        default -> header.skip(tag);
      }
    }
    if (headers.isEmpty()) {
      headers = new ArrayList<>();
    }
    headers.add(new RecordHeader(name, bytes));
  }
}
