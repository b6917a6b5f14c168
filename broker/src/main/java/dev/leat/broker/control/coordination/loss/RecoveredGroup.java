package dev.leat.broker.control.coordination.loss;

import dev.leat.broker.log.GroupId;

/**
 * UNCLEAN: what became of a person's wish that a group go on with what is left.
 *
 * @param group which one
 * @param recovered whether it begins again
 * @param detail one line: from where and with what; or why not, and what to do
 */
public record RecoveredGroup(GroupId group, boolean recovered, String detail) {}
