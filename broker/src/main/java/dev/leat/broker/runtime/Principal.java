package dev.leat.broker.runtime;

/**
 * Who makes a request. Every request carries one, so that authentication is a matter of the
 * transport and authorisation of an {@link Authorizer}.
 *
 * @param type how it was authenticated, for example {@code User}
 * @param name its name
 */
public record Principal(String type, String name) {
  /** Nobody in particular: what requests carry as long as no authentication is configured. */
  public static final Principal ANONYMOUS = new Principal("User", "ANONYMOUS");
}
