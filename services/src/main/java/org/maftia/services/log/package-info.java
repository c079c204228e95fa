/**
 * A transparency log: what the group did and what users brought, in one sequence that can be read by everybody, that nobody
 * can change unseen, and whose heads a quorum of replicas has signed, each with keys of its own.
 *
 * <p>Why a reader may believe a head: a quorum signed it as witnesses, so a correct replica did, which signs one root for a
 * size and only what extends what it signed before. Two heads that contradict each other would need two quorums, which meet
 * in a correct replica. And what a head covers is on disk at a quorum of replicas.
 *
 * <p>Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-policy, tlog-proof; RFC 6962.
 */
@NullMarked
package org.maftia.services.log;

import org.jspecify.annotations.NullMarked;
