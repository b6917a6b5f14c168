package dev.leat.client;

/** What became of a record of a queue. */
public enum AcknowledgeType {
  /** It is dealt with. */
  ACCEPT,
  /** Not now, or not by this member: it is handed out again. */
  RELEASE,
  /** It cannot be dealt with: nobody gets it any more. */
  REJECT,
  /** It takes longer: its lock begins anew. */
  RENEW
}
