package dev.leat.broker.log.group;

/**
 * UNCLEAN: where a history left another one. Up to there they are the same log; what the parent had
 * after it is given up.
 *
 * @param parent the history that was left
 * @param seq last entry that they share
 * @param epoch its epoch
 */
public record HistoryFork(long parent, long seq, int epoch) {}
