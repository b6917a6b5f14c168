package dev.leat.api.batch;

import java.util.List;
import java.util.Optional;

/** How the records of a batch are compressed, all together. */
public enum Compression {
  /** Not at all. */
  NONE(0),
  /** RFC 1952. */
  GZIP(1),
  /** Snappy blocks in the framing of snappy-java. */
  SNAPPY(2),
  /** LZ4 frame format, independent blocks of 64 KiB. */
  LZ4(3),
  /** RFC 8878. */
  ZSTD(4);

  private static final List<Compression> BY_ID = List.of(values());

  private final int id;

  Compression(int id) {
    this.id = id;
  }

  /** The number that stands in a batch's attributes and in the protocol. */
  public int id() {
    return id;
  }

  /** The compression of a number, if there is one. */
  public static Optional<Compression> of(int id) {
    return id >= 0 && id < BY_ID.size() ? Optional.of(BY_ID.get(id)) : Optional.empty();
  }

  Codec codec() {
    return switch (this) {
      case NONE -> Codecs.NONE;
      case GZIP -> Codecs.GZIP;
      case SNAPPY -> Codecs.SNAPPY;
      case LZ4 -> Codecs.LZ4;
      case ZSTD -> Codecs.ZSTD;
    };
  }

  /** Loaded when first needed. */
  private static final class Codecs {
    static final Codec NONE = new NoCodec();
    static final Codec GZIP = new GzipCodec();
    static final Codec SNAPPY = new SnappyCodec();
    static final Codec LZ4 = new Lz4Codec();
    static final Codec ZSTD = new ZstdCodec();

    private Codecs() {}
  }
}
