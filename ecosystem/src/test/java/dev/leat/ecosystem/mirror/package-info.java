/** MirrorMaker: records, configurations and offsets of groups go from one cluster to another. */
package dev.leat.ecosystem.mirror;
