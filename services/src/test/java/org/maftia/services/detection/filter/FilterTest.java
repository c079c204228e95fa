package org.maftia.services.detection.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Tuple;

/** The life of a filter, and what it may never hide. */
class FilterTest {
    private static final long HOUR = 3_600_000_000L;
    private static final long DAY = 24 * HOUR;
    private static final Hierarchies SITE = Hierarchies.ofNothing();
    private static final Address SCANNER = Address.parse("10.0.0.9").orElseThrow();

    private static Alarm.Builder alarm(long micros) {
        return new Alarm.Builder()
                .time(micros)
                .sensor("s")
                .type("suricata:1:2210044")
                .src(SCANNER)
                .host("mail");
    }

    /** Ten days of a scanner that makes four alarms an hour. */
    private static FilterSet mined() {
        AlarmTable table = new AlarmTable(SITE);
        for (int hour = 0; hour < 240; hour++) {
            for (int i = 0; i < 4; i++) {
                table.add(alarm(hour * HOUR + i).build());
            }
        }
        List<Cluster> clusters = new Miner(SITE).typePinned(table);
        return FilterSet.empty(SITE).proposed(clusters, 10 * DAY, 10);
    }

    private static Gates gates(String... canaries) {
        return new Gates(
                new TreeSet<>(List.of(canaries)),
                Gates.SEVERITY_DENIED,
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>());
    }

    private static FilterSet next(Decisions.Result result) {
        assertThat(result.refusals()).isEmpty();
        return result.next().orElseThrow();
    }

    private static FilterSet active(FilterSet mined, Gates gates) {
        Decisions decisions = new Decisions(gates);
        String id = mined.filters().firstKey();
        FilterSet set = next(decisions.explain(mined, id, "Ada", "vulnerability scanner", 10 * DAY));
        set = next(decisions.shadow(set, id, "Ada", 10 * DAY));
        set = next(decisions.approve(set, id, "Bob", "shadow was quiet", 17 * DAY));
        return next(decisions.activate(set, id, "Bob", 17 * DAY));
    }

    @Test
    void fromMinedToActiveAndBack() {
        FilterSet set = active(mined(), gates("other"));
        Filter filter = first(set);
        assertThat(filter.stage()).isEqualTo(Stage.ACTIVE);
        assertThat(filter.owner()).isEqualTo("Ada");
        assertThat(filter.narrow()).isTrue();
        assertThat(filter.expiryMicros()).isEqualTo(47 * DAY);
        assertThat(filter.history()).hasSize(5);
        assertThat(set.version()).isEqualTo(5);
        Decisions decisions = new Decisions(gates("other"));
        assertThat(decisions.expire(set, 46 * DAY)).isSameAs(set);
        FilterSet expired = decisions.expire(set, 47 * DAY);
        assertThat(expired.filter(filter.id()).orElseThrow().stage()).isEqualTo(Stage.EXPIRED);
        FilterSet revoked = next(decisions.revoke(set, filter.id(), "Eve", "it hid an attack", 18 * DAY));
        assertThat(decisions.shadow(revoked, filter.id(), "Ada", 19 * DAY).next())
                .isEmpty();
        assertThat(mined().filters().keySet()).isEqualTo(revoked.filters().keySet());
    }

    /** Nobody skips the week in which a filter only tags, or the owner. */
    @Test
    void noStageIsSkipped() {
        Decisions decisions = new Decisions(gates("other"));
        FilterSet mined = mined();
        String id = mined.filters().firstKey();
        assertThat(decisions.activate(mined, id, "Bob", 0).next()).isEmpty();
        assertThat(decisions.shadow(mined, id, "Bob", 0).next()).isEmpty();
        assertThat(decisions.explain(mined, id, "", "", 0).next()).isEmpty();
        FilterSet set = next(decisions.explain(mined, id, "Ada", "scanner", 0));
        set = next(decisions.shadow(set, id, "Ada", 0));
        assertThat(decisions
                        .approve(set, id, "Bob", "now", 7 * DAY - 1)
                        .refusals()
                        .getFirst())
                .contains("seven days");
        assertThat(decisions.approve(set, "f-nothing", "Bob", "now", 7 * DAY).next())
                .isEmpty();
    }

    /** To trip it in shadow is no way to shorten the week; after it has been at work it may be approved at once. */
    @Test
    @Attack("an attack hides under a filter")
    void aFilterThatTripsInShadowIsNotApprovedEarlier() {
        Decisions decisions = new Decisions(gates("other"));
        FilterSet mined = mined();
        String id = mined.filters().firstKey();
        FilterSet set = next(decisions.explain(mined, id, "Ada", "scanner", 0));
        set = next(decisions.trip(next(decisions.shadow(set, id, "Ada", 0)), id, "guard", DAY));
        assertThat(decisions.approve(set, id, "Bob", "now", 7 * DAY - 1).refusals())
                .containsExactly("it has been in shadow for less than seven days");
        assertThat(decisions.approve(set, id, "Bob", "now", 7 * DAY).next()).isPresent();
        FilterSet worked = active(mined, gates("other"));
        FilterSet tripped = next(decisions.trip(worked, id, "guard", 18 * DAY));
        assertThat(decisions
                        .approve(tripped, id, "Bob", "looked at it", 18 * DAY + 1)
                        .next())
                .isPresent();
    }

    /** What could not be read again is not written. */
    @Test
    void wordsThatCannotBePrintedAreRefused() {
        Decisions decisions = new Decisions(gates("other"));
        FilterSet mined = mined();
        String id = mined.filters().firstKey();
        for (String words : List.of("two\nlines", "\u001b[31mred", "x".repeat(513), "half \ud800")) {
            assertThat(decisions.explain(mined, id, "Ada", words, 0).next()).isEmpty();
            assertThat(decisions.explain(mined, id, words, "scanner", 0).next()).isEmpty();
            assertThat(decisions.revoke(mined, id, words, "wrong", 0).next()).isEmpty();
            assertThat(decisions.revoke(mined, id, "Eve", words, 0).next()).isEmpty();
        }
        FilterSet longest = next(decisions.explain(mined, id, "\uffe5".repeat(512), "\uffe5".repeat(512), 0));
        assertThat(FilterSet.read(longest.toBytes()).toBytes()).isEqualTo(longest.toBytes());
    }

    /** A cause that was mended and is back is said, and hides nothing. */
    @Test
    void aRevokedFilterOnlySaysThatItsCauseIsBack() {
        Decisions decisions = new Decisions(gates("other"));
        FilterSet set = active(mined(), gates("other"));
        set = next(decisions.revoke(set, first(set).id(), "Eve", "the scanner is gone", 18 * DAY));
        Enforcer enforcer = new Enforcer(set, gates("other"), Digest.ZERO, 19 * DAY);
        assertThat(enforcer.decide(alarm(19 * DAY).build()))
                .isEqualTo(new Enforcer.Verdict(
                        Enforcer.Kind.SHOWN, Optional.of(first(set).id())));
        assertThat(enforcer.counts().getFirst().opened()).isEqualTo(1);
        assertThat(enforcer.counts().getFirst().taken()).isZero();
    }

    /** What gates refuse: no canary known, a type of a known attack, our own replicas, severe alarms, labelled attacks. */
    @Test
    void gatesFailClosed() {
        FilterSet set = mined();
        Filter filter = first(set);
        assertThat(gates("other").refusals(set, filter, 0)).isEmpty();
        assertThat(gates().refusals(set, filter, 0))
                .hasSize(1)
                .first()
                .asString()
                .contains("no canary");
        assertThat(gates("suricata:1:2210044").refusals(set, filter, 0))
                .first()
                .asString()
                .contains("known attack");
        SortedSet<Address> own = new TreeSet<>(List.of(SCANNER));
        Gates replicas = new Gates(new TreeSet<>(List.of("other")), 4, new TreeSet<>(), own, new TreeSet<>());
        assertThat(replicas.refusals(set, filter, 0)).first().asString().contains("replicas");

        AlarmTable table = new AlarmTable(SITE);
        for (int i = 0; i < 100; i++) {
            table.add(alarm(i).severity(5)
                    .attackIds(List.of("T1110.001"))
                    .label("step")
                    .build());
        }
        FilterSet severe = FilterSet.empty(SITE).proposed(new Miner(SITE).typePinned(table), 0, 1);
        Gates strict = new Gates(
                new TreeSet<>(List.of("other")), 4, new TreeSet<>(List.of("T1110")), new TreeSet<>(), new TreeSet<>());
        assertThat(strict.refusals(severe, first(severe), 0)).hasSize(3);
    }

    /** A filter may take twice its cause's busiest hour, then everything is shown; three such hours a day trip it. */
    @Test
    @Attack("an attack hides under a filter")
    void aFloodIsShown() {
        Enforcer enforcer = new Enforcer(active(mined(), gates("other")), gates("other"), Digest.ZERO, 17 * DAY);
        long[] kinds = new long[Enforcer.Kind.values().length];
        for (int hour = 0; hour < 4; hour++) {
            for (int i = 0; i < 50; i++) {
                kinds[
                        enforcer.decide(alarm(18 * DAY + hour * HOUR + i).build())
                                .kind()
                                .ordinal()]++;
            }
        }
        assertThat(kinds[Enforcer.Kind.SUPPRESSED.ordinal()] + kinds[Enforcer.Kind.AUDITED.ordinal()])
                .isEqualTo(30);
        assertThat(kinds[Enforcer.Kind.OPENED.ordinal()]).isEqualTo(170);
        Enforcer.Count count = enforcer.counts().getFirst();
        assertThat(count.tripped()).isTrue();
        assertThat(count.openHours()).isEqualTo(3);
    }

    /** Who dates alarms back gets no fresh guard. */
    @Test
    @Attack("an attack hides under a filter")
    void alarmsOfThePastAreShown() {
        Enforcer enforcer = new Enforcer(active(mined(), gates("other")), gates("other"), Digest.ZERO, 17 * DAY);
        enforcer.decide(alarm(19 * DAY).build());
        assertThat(enforcer.decide(alarm(18 * DAY).build()).kind()).isEqualTo(Enforcer.Kind.OPENED);
    }

    @Test
    @Attack("an attack hides under a filter")
    void ourOwnReplicasAreAlwaysShown() {
        Gates gates = new Gates(
                new TreeSet<>(List.of("other")),
                4,
                new TreeSet<>(),
                new TreeSet<>(List.of(Address.parse("10.9.9.9").orElseThrow())),
                new TreeSet<>());
        Enforcer enforcer = new Enforcer(active(mined(), gates), gates, Digest.ZERO, 17 * DAY);
        // The filter's destination is 'absent'; with a replica there it would not match, so the host stands for it.
        Gates hosts = new Gates(gates.canaries(), 4, new TreeSet<>(), new TreeSet<>(), new TreeSet<>(List.of("mail")));
        assertThat(enforcer.decide(alarm(18 * DAY).build()).kind()).isNotEqualTo(Enforcer.Kind.SHOWN);
        assertThat(hosts.isOwn(alarm(0).build())).isTrue();
        assertThat(new Enforcer(active(mined(), gates), hosts, Digest.ZERO, 17 * DAY)
                        .decide(alarm(18 * DAY).build())
                        .kind())
                .isEqualTo(Enforcer.Kind.SHOWN);
    }

    @Test
    void whatIsExpiredOrInShadowHidesNothing() {
        FilterSet set = active(mined(), gates("other"));
        Enforcer late = new Enforcer(set, gates("other"), Digest.ZERO, 47 * DAY);
        assertThat(late.decide(alarm(47 * DAY).build()).kind()).isEqualTo(Enforcer.Kind.SHOWN);
        Decisions decisions = new Decisions(gates("other"));
        FilterSet mined = mined();
        String id = mined.filters().firstKey();
        FilterSet shadow =
                next(decisions.shadow(next(decisions.explain(mined, id, "Ada", "scanner", 0)), id, "Ada", 0));
        Enforcer tagging = new Enforcer(shadow, gates("other"), Digest.ZERO, 0);
        assertThat(tagging.decide(alarm(DAY).build()))
                .isEqualTo(new Enforcer.Verdict(Enforcer.Kind.TAGGED, Optional.of(id)));
    }

    @Test
    void aPartIsDrawnForPeople() {
        FilterSet set = active(mined(), gates("other"));
        Enforcer enforcer = new Enforcer(set, gates("other"), new Digest(1, 2, 3, 4), 17 * DAY);
        for (int hour = 0; hour < 500; hour++) {
            for (int i = 0; i < 8; i++) {
                enforcer.decide(alarm(18 * DAY + hour * HOUR + i).build());
            }
        }
        Enforcer.Count count = enforcer.counts().getFirst();
        assertThat(count.taken()).isEqualTo(4000);
        assertThat(count.audited()).isBetween(15L, 80L);
        assertThat(Enforcer.lossMillionthsMax(0)).isEqualTo(1_000_000);
        assertThat(Enforcer.lossMillionthsMax(300)).isEqualTo(10_000);
    }

    @Seeds(60)
    void theMatcherSaysWhatTheHierarchiesSay(long seed) {
        Random random = new Random(seed);
        List<Tuple> places = random.ints(12)
                .mapToObj(i -> lifted(SITE.leaf(random(random)), random))
                .toList();
        Matcher matcher = new Matcher(SITE, places);
        for (int i = 0; i < 200; i++) {
            Alarm alarm = random(random);
            Tuple leaf = SITE.leaf(alarm);
            int expected = -1;
            for (int j = places.size() - 1; j >= 0; j--) {
                expected = SITE.covers(places.get(j), leaf) ? j : expected;
            }
            assertThat(matcher.first(alarm)).isEqualTo(expected);
        }
    }

    private static Alarm random(Random random) {
        return new Alarm.Builder()
                .time(random.nextInt(100) * HOUR)
                .sensor("s")
                .type("t" + random.nextInt(2))
                .src(random.nextInt(5) == 0 ? null : Address.v4(random.nextInt(3) << 26 | random.nextInt(3) << 7))
                .dst(random.nextBoolean() ? null : Address.v6(random.nextInt(2) << 30, random.nextInt(2)))
                .dstPort(random.nextInt(3) * 700 - 1 + random.nextInt(2))
                .host(random.nextBoolean() ? null : "h" + random.nextInt(2))
                .build();
    }

    private static Tuple lifted(Tuple leaf, Random random) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < leaf.nodes().size(); i++) {
            Attribute attribute = SITE.attributes().get(i);
            int level = i == 0 ? 0 : random.nextInt(SITE.height(attribute) + 1);
            nodes.add(SITE.lifted(attribute, leaf.nodes().get(i), level));
        }
        return new Tuple(nodes);
    }

    /** The document has one encoding, and nothing else is read. */
    @Seeds(10)
    void whatIsWrittenIsReadAndNothingElse(long seed) {
        Random random = new Random(seed);
        byte[] bytes = active(mined(), gates("other")).toBytes();
        assertThat(FilterSet.read(bytes).toBytes()).isEqualTo(bytes);
        for (int i = 0; i < 300; i++) {
            byte[] mutated = bytes.clone();
            mutated[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(FilterSet.read(mutated).toBytes()).isEqualTo(mutated);
            } catch (MalformedException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void anIncidentIsJoinedWithWhatWasHidden() {
        Incident incident = new Incident(new TreeSet<>(List.of(SCANNER)), new TreeSet<>(), DAY, 2 * DAY);
        assertThat(incident.concerns(alarm(DAY).build())).isTrue();
        assertThat(incident.concerns(alarm(2 * DAY + 1).build())).isFalse();
        assertThat(incident.concerns(alarm(DAY).src(null).dst(SCANNER).build())).isTrue();
        assertThat(incident.concerns(alarm(DAY).src(null).build())).isFalse();
        assertThatThrownBy(() -> new Incident(new TreeSet<>(), new TreeSet<>(), 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A filter beside one that was taken back is not for this quarter. */
    @Test
    void neighboursOfRevokedFiltersWait() {
        FilterSet mined = mined();
        Filter filter = first(mined);
        Decisions decisions = new Decisions(gates("other"));
        AlarmTable table = new AlarmTable(SITE);
        for (int i = 0; i < 300; i++) {
            Address src = Address.v4(0x0a000000 | i % 200);
            table.add(alarm(i * HOUR).src(src).build());
        }
        FilterSet both = mined.proposed(new Miner(SITE).typePinned(table), 10 * DAY, 10);
        assertThat(both.filters()).hasSize(2);
        FilterSet revoked = next(decisions.revoke(both, filter.id(), "Eve", "wrong", 10 * DAY));
        Filter other = both.filters().values().stream()
                .filter(each -> !each.id().equals(filter.id()))
                .findFirst()
                .orElseThrow();
        assertThat(gates("other").refusals(revoked, other, 99 * DAY))
                .first()
                .asString()
                .contains("overlaps");
        assertThat(gates("other").refusals(revoked, other, 101 * DAY)).isEmpty();
    }

    private static Filter first(FilterSet set) {
        return set.filters().values().iterator().next();
    }
}
