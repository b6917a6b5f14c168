package dev.leat.kafka.admin;

import dev.leat.kafka.dispatch.ApiHandler;
import dev.leat.kafka.dispatch.ApiModule;
import dev.leat.kafka.dispatch.ApiRegistry;
import java.util.List;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsResponse;
import org.apache.kafka.common.requests.RequestContext;

/**
 * What Kafka answers about authentication and authorization where none is configured: a listener in
 * plain text, no authorizer.
 */
public final class SecurityModule implements ApiModule {
  @Override
  public void register(ApiRegistry registry) {
    ApiHandler noAuthorizer =
        ApiHandler.refusing(Errors.SECURITY_DISABLED, "No Authorizer is configured.");
    ApiHandler noSasl =
        ApiHandler.refusing(
            Errors.ILLEGAL_SASL_STATE, "this listener has no SASL: connect with PLAINTEXT");
    ApiHandler noTokens =
        ApiHandler.refusing(
            Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
            "Delegation Token requests are not allowed on PLAINTEXT channels");
    registry
        .add(ApiKeys.DESCRIBE_ACLS, noAuthorizer)
        .add(ApiKeys.CREATE_ACLS, noAuthorizer)
        .add(ApiKeys.DELETE_ACLS, noAuthorizer)
        .add(ApiKeys.SASL_HANDSHAKE, noSasl)
        .add(ApiKeys.SASL_AUTHENTICATE, noSasl)
        .add(ApiKeys.CREATE_DELEGATION_TOKEN, noTokens)
        .add(ApiKeys.RENEW_DELEGATION_TOKEN, noTokens)
        .add(ApiKeys.EXPIRE_DELEGATION_TOKEN, noTokens)
        .add(ApiKeys.DESCRIBE_DELEGATION_TOKEN, noTokens)
        .add(
            ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
            ApiHandler.of(DescribeUserScramCredentialsRequest.class, SecurityModule::users))
        .add(
            ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
            ApiHandler.refusing(Errors.INVALID_REQUEST, "there are no users with passwords"));
  }

  private static AbstractResponse users(
      RequestContext client, DescribeUserScramCredentialsRequest request) {
    DescribeUserScramCredentialsResponseData response =
        new DescribeUserScramCredentialsResponseData();
    List<UserName> asked = request.data().users();
    if (asked != null) {
      for (UserName user : asked) {
        response
            .results()
            .add(
                new DescribeUserScramCredentialsResult()
                    .setUser(user.name())
                    .setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
                    .setErrorMessage(
                        "Attempt to describe a user credential that does not exist: "
                            + user.name()));
      }
    }
    return new DescribeUserScramCredentialsResponse(response);
  }
}
