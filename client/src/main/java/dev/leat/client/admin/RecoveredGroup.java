package dev.leat.client.admin;

/**
 * What became of the wish that a group go on with what is left of it.
 *
 * @param group number of the group
 * @param recovered whether it begins again; if not, nothing has changed
 * @param message one line: from where and up to where; or why not, and what to do
 */
public record RecoveredGroup(int group, boolean recovered, String message) {}
