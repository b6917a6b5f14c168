package dev.leat.kafka.dispatch;

import dev.leat.kafka.wire.LegacyProduce;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;

/** Reads requests and hands them to the handlers of their API keys. */
public final class Dispatcher {
  private final ApiRegistry registry;

  /** A dispatcher to these handlers. */
  public Dispatcher(ApiRegistry registry) {
    this.registry = registry;
  }

  /**
   * A header that has been read.
   *
   * @throws InvalidRequestException if it is none, or of an unknown key: the connection must be
   *     closed, as there is no response that the client would understand
   */
  public RequestHeader readHeader(ByteBuffer frame) {
    RequestHeader header = RequestHeader.parse(frame);
    if (registry.find(header.apiKey()) == null) {
      throw new InvalidRequestException("API key " + header.apiKey() + " is not supported");
    }
    boolean known =
        header.apiKey().isVersionEnabled(header.apiVersion(), false)
            || header.apiKey() == ApiKeys.API_VERSIONS
            || LegacyProduce.is(header);
    if (!known) {
      throw new UnsupportedVersionException(
          "%s version %d is not supported".formatted(header.apiKey(), header.apiVersion()));
    }
    return header;
  }

  /** The request itself, from what follows the header. */
  public AbstractRequest readRequest(RequestContext context, ByteBuffer body) {
    return LegacyProduce.is(context.header)
        ? LegacyProduce.read(body)
        : context.parseRequest(body).request;
  }

  /** Handles a request; a handler that throws has answered with an error. */
  public void dispatch(Exchange exchange) {
    ApiHandler handler = registry.find(exchange.context().header.apiKey());
    if (handler == null) {
      throw new IllegalStateException("no handler for " + exchange.context().header.apiKey());
    }
    try {
      handler.handle(exchange);
    } catch (RuntimeException e) {
      exchange.respond(exchange.request().getErrorResponse(e));
    }
  }
}
