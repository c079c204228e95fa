package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.ordering.OrderingModel.Choice;
import org.maftia.core.ordering.OrderingModel.Content;
import org.maftia.core.ordering.OrderingModel.Event;
import org.maftia.core.ordering.OrderingModel.Fact;
import org.maftia.core.ordering.OrderingModel.Paper;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Isolated;

/** What a fault set can say to an ordering: two proposals for each slot, votes for both, every claim in COLLECT. */
final class OrderingLies {
    private final OrderingScene model;
    private final Codec<Message> codec;
    private final Backlog backlog;
    private final Map<List<Object>, List<Choice>> choices = new HashMap<>();

    /** What is said of the slots of an epoch, by whom it is said to and by what correct leaders proposed there. */
    private final Map<List<Object>, List<Event>> said = new HashMap<>();

    OrderingLies(OrderingScene model) {
        this.model = model;
        this.codec = new MessageCodec(model.configuration, model.limits, model.trust.size());
        this.backlog = new Backlog(model.trust, model.limits);
    }

    /** What correct leaders of the epoch proposed. */
    private static List<Proposal> proposed(Epoch epoch, Board<Fact> board) {
        List<Proposal> proposed = new ArrayList<>();
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.what() instanceof Message.Propose m && m.proposal().epoch() == epoch.number()) {
                proposed.add(m.proposal());
            }
        }
        return proposed;
    }

    /** Proposals for a slot that may be about: those of the corrupted, and what a correct leader proposed. */
    private List<Proposal> proposals(Epoch epoch, long slot, List<Proposal> proposed) {
        List<Proposal> proposals = new ArrayList<>(model.made(epoch, slot));
        for (Proposal proposal : proposed) {
            if (proposal.slot() == slot) {
                // One of the made-up ones is enough beside it.
                if (proposals.size() > 1) {
                    proposals.removeLast();
                }
                proposals.add(proposal);
            }
        }
        proposals.forEach(proposal -> model.digests.add(proposal.digest()));
        return proposals;
    }

    /** What the corrupted may say to a replica about the slots of an epoch. */
    List<Event> about(Epoch epoch, int self, Board<Fact> board) {
        List<Proposal> proposed = proposed(epoch, board);
        return said.computeIfAbsent(List.of(epoch, self, proposed), fresh -> about(epoch, self, proposed));
    }

    private List<Event> about(Epoch epoch, int self, List<Proposal> proposed) {
        List<Event> events = new ArrayList<>();
        for (long slot = model.firstSlot(epoch); slot <= model.lastSlot(epoch); slot++) {
            for (Proposal proposal : proposals(epoch, slot, proposed)) {
                // The values are alike: where both are about, let the first replica meet the first one first.
                boolean mirrored = self == model.correct.getFirst() && model.isMirrored(epoch, proposal);
                if (model.corrupt.contains(epoch.leader()) && !mirrored) {
                    events.add(heard(epoch.leader(), new Message.Propose(proposal)));
                }
                for (int liar : model.corrupt.toList()) {
                    events.add(heard(liar, new Message.Write(epoch.number(), slot, proposal.digest())));
                    events.add(heard(liar, new Message.Accept(epoch.number(), slot, proposal.digest())));
                }
                events.add(heard(model.corrupt.first(), new Message.Fetched(proposal)));
                if (model.reports) {
                    // They all say DECIDED, and nobody else does.
                    events.add(new Event.Learn(
                            model.corrupt.first(), new Outcome(slot, epoch, proposal.timeMicros(), proposal.digest())));
                }
            }
        }
        return events;
    }

    private Event heard(int from, Message message) {
        return new Event.Heard(from, model.frame(codec, message));
    }

    /** The sets of COLLECTs that can be decided, one for each reading. */
    List<Choice> choices(Epoch epoch, Board<Fact> board) {
        List<Object> key = new ArrayList<>(List.of(epoch));
        SortedMap<Integer, Collect> honest = honest(epoch, board);
        key.addAll(names(epoch, board));
        List<Paper> papers = model.certifies ? checkpoints(board) : List.of();
        key.addAll(papers);
        if (!model.trust.isQuorum(senders(honest).union(model.corrupt))) {
            return List.of();
        }
        return choices.computeIfAbsent(key, fresh -> choices(epoch, honest, papers, board));
    }

    private static SortedMap<Integer, Collect> honest(Epoch epoch, Board<Fact> board) {
        SortedMap<Integer, Collect> honest = new TreeMap<>();
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.what() instanceof Message.Collected m && m.collect().epoch() == epoch.number()) {
                honest.put(said.from(), m.collect());
            }
        }
        return honest;
    }

    /** The same in words, which were made when it was said. */
    private static List<String> names(Epoch epoch, Board<Fact> board) {
        List<String> names = new ArrayList<>();
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.what() instanceof Message.Collected m && m.collect().epoch() == epoch.number()) {
                names.add(said.frame().name());
            }
        }
        return names;
    }

    /** Whether a recovery could go on if nobody but the correct replicas took part; true as long as some have not joined. */
    boolean isEnough(Epoch epoch, Board<Fact> board) {
        SortedMap<Integer, Collect> honest = honest(epoch, board);
        return honest.size() < model.correct.size()
                || new BoundRule(model.trust)
                        .read(honest.values(), epoch.start())
                        .isPresent();
    }

    private static ReplicaSet senders(SortedMap<Integer, Collect> collects) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : collects.keySet()) {
            senders = senders.with(sender);
        }
        return senders;
    }

    private List<Choice> choices(
            Epoch epoch, SortedMap<Integer, Collect> honest, List<Paper> papers, Board<Fact> board) {
        List<SortedMap<Integer, Collect>> sets = new ArrayList<>();
        sets.add(new TreeMap<>());
        honest.forEach((replica, collect) -> extend(sets, List.of(collect)));
        for (int liar : model.corrupt.toList()) {
            extend(sets, claims(liar, epoch, papers, board));
        }
        Map<String, Choice> readings = new TreeMap<>();
        BoundRule rule = new BoundRule(model.trust);
        for (SortedMap<Integer, Collect> set : sets) {
            List<Collect> collects = List.copyOf(set.values());
            Optional<BoundRule.Reading> reading = rule.read(collects, epoch.start());
            reading.ifPresent(read -> {
                String words = "above " + read.base() + ", bound " + words(read.bound()) + waiting(collects, epoch);
                readings.putIfAbsent(words, new Choice(epoch, words, new Content<>(collects)));
            });
        }
        return List.copyOf(readings.values());
    }

    /** What the recovery orders besides, if anything. */
    private String waiting(List<Collect> collects, Epoch epoch) {
        Set<Reference> waiting = backlog.read(collects, epoch.number()).keySet();
        return waiting.isEmpty() ? "" : "and " + waiting;
    }

    private static String words(SortedMap<Long, Digest> bound) {
        StringBuilder words = new StringBuilder();
        bound.forEach((slot, digest) ->
                words.append(slot).append(':').append(Brief.of(digest)).append(' '));
        return words.toString();
    }

    /** Each set as it is, and with each of the COLLECTs. */
    private static void extend(List<SortedMap<Integer, Collect>> sets, List<Collect> collects) {
        for (SortedMap<Integer, Collect> set : List.copyOf(sets)) {
            for (Collect collect : collects) {
                SortedMap<Integer, Collect> larger = new TreeMap<>(set);
                larger.put(collect.replica(), collect);
                sets.add(larger);
            }
        }
    }

    /** All that a corrupted replica can sign about the slots of the epoch. */
    private List<Collect> claims(int liar, Epoch epoch, List<Paper> papers, Board<Fact> board) {
        List<@Nullable StableCheckpoint> bases = new ArrayList<>();
        bases.add(null);
        papers.forEach(paper -> bases.add(paper.checkpoint().object()));
        List<Collect> claims = new ArrayList<>();
        for (@Nullable StableCheckpoint stable : bases) {
            long base = Math.max(stable == null ? 0 : stable.claim().slot(), epoch.start() - 1);
            List<List<Collect.Vote>> votes = new ArrayList<>();
            votes.add(List.of());
            long last = Math.min(model.lastSlot(epoch), base + model.limits.voteWindow());
            for (long slot = Math.max(base + 1, model.firstSlot(epoch)); slot <= last; slot++) {
                vote(votes, slot, proposals(epoch, slot, proposed(epoch, board)));
            }
            for (List<Collect.Vote> claimed : votes) {
                Collect unsigned =
                        new Collect(liar, epoch.number(), stable, claimed, List.of(), Isolated.NOW_MICROS, new byte[0]);
                claims.add(unsigned.signed(new IdealCertifier(liar).sign(unsigned.digest(model.configuration))));
            }
        }
        return claims;
    }

    private static void vote(List<List<Collect.Vote>> votes, long slot, List<Proposal> proposals) {
        List<@Nullable Digest> digests = new ArrayList<>();
        digests.add(null);
        proposals.forEach(proposal -> digests.add(proposal.digest()));
        for (List<Collect.Vote> before : List.copyOf(votes)) {
            for (@Nullable Digest prepared : digests) {
                for (@Nullable Digest wrote : digests) {
                    if (prepared != null || wrote != null) {
                        List<Collect.Vote> longer = new ArrayList<>(before);
                        longer.add(new Collect.Vote(slot, prepared, wrote));
                        votes.add(longer);
                    }
                }
            }
        }
    }

    /** Checkpoints that a quorum can have signed: it can have delivered them. */
    List<Paper> checkpoints(Board<Fact> board) {
        SortedMap<Long, Outcome> outcomes = new TreeMap<>();
        SortedMap<Long, ReplicaSet> holders = new TreeMap<>();
        for (Fact.Delivered delivered : board.messages(Fact.Delivered.class)) {
            long slot = delivered.outcome().slot();
            outcomes.put(slot, delivered.outcome());
            holders.merge(slot, model.corrupt.with(delivered.replica()), ReplicaSet::union);
        }
        List<Paper> papers = new ArrayList<>();
        holders.forEach((slot, set) -> {
            Outcome outcome = outcomes.get(slot);
            if (model.trust.isQuorum(set) && outcome != null) {
                papers.add(paper(outcome));
            }
        });
        return papers;
    }

    private Paper paper(Outcome outcome) {
        StableCheckpoint.Claim claim = new StableCheckpoint.Claim(
                outcome.slot(), outcome.epoch(), outcome.timeMicros(), Digest.ZERO, Digest.ZERO, outcome.digest());
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : new TreeSet<>(model.trust.all().toList())) {
            signatures.put(signer, new IdealCertifier(signer).sign(claim.digest(model.configuration)));
        }
        return new Paper(
                outcome.slot(),
                outcome.digest(),
                new Content<>(new StableCheckpoint(claim, Certificate.of(signatures))));
    }
}
