package org.maftia.server.channel;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.AtomicChannel;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.server.journal.Journal;
import org.maftia.server.link.Links;
import org.maftia.server.runtime.RuntimeEvents;

/**
 * What a member of a group takes part in a channel, or in an agreement, with.
 *
 * @param name which channel; no other use of these keys may have it
 * @param self the index of this member
 * @param trust who may be corrupted together
 * @param limits of the group
 * @param peers all members by index, this one included
 * @param identity the key and certificate of its links
 * @param keys its part in the group's keys
 * @param address where it accepts links
 * @param directory of what it must not forget
 * @param journal how that is kept
 * @param events takes what an operator should know; called on the member's thread, so it must not wait
 */
public record MemberSetup(
        Name name,
        int self,
        FaultStructure trust,
        Limits limits,
        List<Links.Peer> peers,
        TlsIdentity identity,
        AtomicChannel.Keys keys,
        InetSocketAddress address,
        Path directory,
        Journal.Settings journal,
        RuntimeEvents events) {
    public MemberSetup {
        peers = List.copyOf(peers);
    }

    /**
     * Names a channel in all that is signed and tossed.
     *
     * @param tag 1 to 12 small letters
     * @param number from 0; a group that needs several channels, one after the other or at the same time, counts them
     */
    public record Name(String tag, long number) {
        @Override
        public String toString() {
            return tag + number;
        }
    }

    /** What both ends of a link must agree on: the group, the channel, and what kind of channel it is. */
    Digest bound(String kind) {
        return Transcript.of("channel")
                .field(keys.configuration())
                .field(name.toString())
                .field(kind)
                .digest();
    }
}
