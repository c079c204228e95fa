/**
 * The journal of a replica: what it must not forget.
 *
 * <p>Guarantee: once {@link org.maftia.server.journal.Storage#commit} has answered
 * {@link org.maftia.server.journal.Storage.Durable}, a later {@link org.maftia.server.journal.Journal#open} gives these
 * records back in order, or says that the disk lost them; it never gives back less while claiming to be whole. A batch
 * that was not answered comes back whole or not at all.
 *
 * <p>How: records go into blocks, one for each commit, appended to preallocated segments and synced once. A block carries
 * a CRC32C, which finds damage, and a SHA-256 chain over all blocks of its generation, which finds blocks that are sound
 * but not the next ones: left over, or from another journal. A bad block at the very end was never answered for, so it
 * is cut. A bad block with a good one behind it means that the disk lost what it had promised to keep: the replica has then
 * forgotten votes, and must not vote as if it had not. Replacing writes a new generation beside the old one and renames it
 * into place, so that at every moment one complete generation exists.
 *
 * <p>What it cannot see: the last block alone decaying on the disk after it was synced looks like a torn write.
 *
 * <p>Habit: Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage" (FAST 2018).
 */
@NullMarked
package org.maftia.server.journal;

import org.jspecify.annotations.NullMarked;
