package dev.leat.kafka.network;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/** Who is at the other end of a connection, as far as it has said. */
final class ClientIdentity {
  private static final ListenerName LISTENER =
      ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT);

  private final String connectionId;
  private final InetAddress address;
  private final int port;
  private ClientInformation software = ClientInformation.EMPTY;

  ClientIdentity(Channel channel) {
    InetSocketAddress remote =
        channel.remoteAddress() instanceof InetSocketAddress inet
            ? inet
            : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    connectionId = channel.id().asShortText();
    address = remote.getAddress();
    port = remote.getPort();
  }

  /** What a request's handler is told of it. */
  RequestContext context(RequestHeader header) {
    return new RequestContext(
        header,
        connectionId,
        address,
        Optional.of(port),
        KafkaPrincipal.ANONYMOUS,
        LISTENER,
        SecurityProtocol.PLAINTEXT,
        software,
        false);
  }

  /** It has said which software it is. */
  void introduce(ApiVersionsRequest request) {
    if (request.isValid()) {
      software =
          new ClientInformation(
              request.data().clientSoftwareName(), request.data().clientSoftwareVersion());
    }
  }
}
