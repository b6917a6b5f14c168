package dev.leat.kafka.network;

import dev.leat.kafka.wire.LegacyProduce;
import dev.leat.kafka.wire.SlicedRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/**
 * Writes one response as buffers to be sent in order. Records are not copied: their own buffers
 * stand between those of the fields around them.
 */
final class ResponseWriter implements Writable {
  private static final int LENGTH_BYTES = 4;

  private final ByteBuf fields;
  private final List<ByteBuf> parts = new ArrayList<>();
  private int cut;
  private long recordBytes;

  private ResponseWriter(ByteBuf fields) {
    this.fields = fields;
  }

  /**
   * A response.
   *
   * @param parts to be sent in order
   * @param ownBytes memory that is held until it has left: all of it, but for records that stay
   *     where they are stored
   */
  record Response(List<ByteBuf> parts, long ownBytes) {
    /** Nothing is answered. */
    static final Response NONE = new Response(List.of(), 0);
  }

  /** The whole response, with its length in front. The buffers belong to the caller. */
  static Response write(
      ByteBufAllocator buffers, RequestContext context, AbstractResponse response) {
    RequestHeader header = context.header;
    if (response instanceof ProduceResponse produced && LegacyProduce.is(header)) {
      ByteBuffer message = LegacyProduce.write(header, produced.data());
      int size = message.remaining();
      ByteBuf whole = buffers.directBuffer(LENGTH_BYTES + size).writeInt(size).writeBytes(message);
      return new Response(List.of(whole), LENGTH_BYTES + size);
    }
    // Not that of the header: a request for ApiVersions of the future is answered in version 0.
    short version = context.apiVersion();
    ResponseHeader responseHeader = header.toResponseHeader();
    ObjectSerializationCache cache = new ObjectSerializationCache();
    MessageSizeAccumulator size = new MessageSizeAccumulator();
    ApiMessage body = response.data();
    responseHeader.data().addSize(size, cache, responseHeader.headerVersion());
    body.addSize(size, cache, version);
    ByteBuf fields = buffers.directBuffer(LENGTH_BYTES + size.sizeExcludingZeroCopy());
    ResponseWriter writer = new ResponseWriter(fields);
    try {
      fields.writeInt(size.totalSize());
      responseHeader.data().write(writer, cache, responseHeader.headerVersion());
      body.write(writer, cache, version);
      writer.cut();
      return new Response(writer.parts, fields.capacity() + writer.recordBytes);
    } catch (RuntimeException e) {
      writer.parts.forEach(ByteBuf::release);
      throw e;
    } finally {
      fields.release();
    }
  }

  /** What was written since the last cut becomes a part. */
  private void cut() {
    int end = fields.writerIndex();
    if (end > cut) {
      parts.add(fields.retainedSlice(cut, end - cut));
      cut = end;
    }
  }

  @Override
  public void writeRecords(BaseRecords records) {
    switch (records) {
      case SlicedRecords slices -> {
        cut();
        for (ByteBuffer slice : slices.buffers()) {
          parts.add(Unpooled.wrappedBuffer(slice));
        }
      }
      case MemoryRecords memory -> {
        cut();
        recordBytes += memory.sizeInBytes();
        parts.add(Unpooled.wrappedBuffer(memory.buffer()));
      }
      default -> throw new IllegalArgumentException("unknown records: " + records.getClass());
    }
  }

  @Override
  public void writeByte(byte value) {
    fields.writeByte(value);
  }

  @Override
  public void writeShort(short value) {
    fields.writeShort(value);
  }

  @Override
  public void writeInt(int value) {
    fields.writeInt(value);
  }

  @Override
  public void writeLong(long value) {
    fields.writeLong(value);
  }

  @Override
  public void writeDouble(double value) {
    fields.writeDouble(value);
  }

  @Override
  public void writeByteArray(byte[] bytes) {
    fields.writeBytes(bytes);
  }

  @Override
  public void writeByteBuffer(ByteBuffer bytes) {
    fields.writeBytes(bytes.duplicate());
  }

  @Override
  public void writeUnsignedVarint(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      fields.writeByte(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    fields.writeByte(rest);
  }

  @Override
  public void writeVarint(int value) {
    writeUnsignedVarint(value << 1 ^ value >> 31);
  }

  @Override
  public void writeVarlong(long value) {
    long rest = value << 1 ^ value >> 63;
    while ((rest & ~0x7fL) != 0) {
      fields.writeByte((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    fields.writeByte((int) rest);
  }
}
