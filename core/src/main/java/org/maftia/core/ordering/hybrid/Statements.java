package org.maftia.core.ordering.hybrid;

import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/** What the trusted components certify for this protocol, and what replicas sign: each kind under its own purpose. */
final class Statements {
    /** Of the era. */
    private final Digest configuration;

    Statements(Digest configuration) {
        this.configuration = configuration;
    }

    Digest prepare(long view, long slot, Digest batch) {
        return Transcript.of("hybrid/prepare")
                .field(configuration)
                .field(view)
                .field(slot)
                .field(batch)
                .digest();
    }

    Digest commit(long view, long slot, Digest batch, Ui proposal) {
        return Transcript.of("hybrid/commit")
                .field(configuration)
                .field(view)
                .field(slot)
                .field(batch)
                .field(proposal.lane())
                .field(proposal.counter())
                .digest();
    }

    /** What a component certifies as an era begins. */
    Digest beginning(long view) {
        return Transcript.of("hybrid/beginning")
                .field(configuration)
                .field(view)
                .digest();
    }

    /** Whether the voter's component certified this vote, as far as digests tell. */
    boolean binds(Vote vote) {
        Digest expected = vote.isProposal()
                ? prepare(vote.view(), vote.slot(), vote.batch())
                : commit(vote.view(), vote.slot(), vote.batch(), vote.proposal());
        return vote.ui().digest().equals(expected);
    }

    Digest checkpoint(long slot) {
        return Transcript.of("hybrid/checkpoint")
                .field(configuration)
                .field(slot)
                .digest();
    }

    Digest account(Account account) {
        return Transcript.of("hybrid/view-change")
                .field(configuration)
                .field(Account.CODEC.encode(account))
                .digest();
    }

    Digest newView(long view, List<Account.Named> changes) {
        Writer named = new Writer();
        named.list(changes, (out, change) -> out.u8(change.replica()).digest(change.digest()));
        return Transcript.of("hybrid/new-view")
                .field(configuration)
                .field(view)
                .field(named.toBytes())
                .digest();
    }

    /** What replicas sign that found a NEW-VIEW valid. */
    Digest entering(Summary summary) {
        return Transcript.of("hybrid/entering")
                .field(configuration)
                .field(Summary.CODEC.encode(summary))
                .digest();
    }
}
