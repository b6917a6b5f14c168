package dev.leat.broker.control.coordination;

import dev.leat.crds.Lease;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A process of a broker, as written into {@code holderIdentity} of a Lease.
 *
 * @param broker which broker
 * @param nonce which process
 */
record Holder(int broker, long nonce) {
  private static final Pattern FORM = Pattern.compile("broker-(\\d{1,9})/([0-9a-f]{16})");

  static Holder of(Hello hello) {
    return new Holder(hello.broker(), hello.nonce());
  }

  /** Empty if nobody holds it, or nobody that this could be. */
  static Optional<Holder> of(@Nullable Lease lease) {
    return Optional.ofNullable(lease)
        .flatMap(l -> l.spec().holderIdentity())
        .flatMap(Holder::parse);
  }

  private static Optional<Holder> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Holder(
                Integer.parseInt(matcher.group(1)),
                HexFormat.fromHexDigitsToLong(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "broker-" + broker + "/" + HexFormat.of().toHexDigits(nonce);
  }
}
