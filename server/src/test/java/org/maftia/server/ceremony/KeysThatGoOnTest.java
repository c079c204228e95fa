package org.maftia.server.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.StateMachine;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.succession.KeyFolders;
import org.maftia.server.succession.Keyring;
import org.maftia.server.succession.Known;
import org.maftia.server.succession.Preparation;

/** A ceremony for the next configuration of a group, in which r5 takes the place of r4. */
class KeysThatGoOnTest {
    private static final List<String> LASTING = List.of("beacon", "confidential", "draws", "receipts");

    /** Those that the group makes for itself. */
    private static final CurveKey[] MADE = {CurveKey.BEACON, CurveKey.RECEIPTS, CurveKey.DRAWS};

    private static final List<String> MADE_IDS =
            Arrays.stream(MADE).map(CurveKey::id).toList();
    private static final Unlock UNLOCK = new Unlock.KeyFile();
    private static final long LONG_AFTER = TimeUnit.MINUTES.toNanos(2);

    @TempDir
    private static Path world;

    private static Known first;
    private static Known second;

    @BeforeAll
    static void hold() throws Exception {
        Configuration four = Layout.of("4", Overrides.none());
        first = hold(four, Optional.empty(), List.of("r1", "r2", "r3", "r4"), "one", true);
        Configuration next = Preparation.of(first, replaced(four)).next();
        second = hold(next, Optional.of(first), List.of("r1", "r2", "r3", "r5"), "two", true);
    }

    private static Configuration replaced(Configuration four) {
        List<ReplicaEntry> replicas = new ArrayList<>(four.replicas());
        ReplicaEntry left = replicas.removeLast();
        replicas.add(new ReplicaEntry("r5", left.attributes(), "localhost", 0, 0, 0, 0, 0));
        return four.withReplicas(replicas);
    }

    private static Path keys(String id) {
        return world.resolve(id);
    }

    private static CeremonyPlan plan(
            Configuration description, Optional<Known> before, List<Enrolment> enrolments, boolean handsOn)
            throws Exception {
        return new CeremonyPlan(
                description.group(),
                before.map(known -> known.group().id()).orElseGet(UUID::randomUUID),
                description.faultStructure(),
                enrolments,
                List.of(),
                1024,
                GroupFile.text(description.withClients(List.of())),
                before.map(known ->
                        new CeremonyPlan.Predecessor(known.group(), world.resolve("one"), List.of(), handsOn)));
    }

    /** Of hosts that nobody has. */
    private static List<Enrolment> strangers(String... ids) {
        return Arrays.stream(ids)
                .map(id -> Enrolment.create(
                        world.resolve("stranger-" + UUID.randomUUID()), id, Enrolment.LOOPBACK, UNLOCK))
                .toList();
    }

    private static Known hold(
            Configuration description, Optional<Known> before, List<String> ids, String results, boolean handsOn)
            throws Exception {
        List<Enrolment> enrolments = new ArrayList<>();
        for (String id : ids) {
            enrolments.add(
                    before.isPresent() && before.get().group().ids().contains(id)
                            ? Enrolment.renew(keys(id), KeyFolders.next(keys(id)), Enrolment.LOOPBACK, UNLOCK)
                            : Enrolment.create(keys(id), id, Enrolment.LOOPBACK, UNLOCK));
        }
        CeremonyPlan plan = plan(description, before, enrolments, handsOn);
        GroupTranscript group =
                new Ceremony(plan, ModularPower.JAVA, Progress.SILENT).perform(world.resolve(results), UNLOCK);
        for (String id : ids) {
            KeyFolders.install(
                    keys(id),
                    group,
                    before.map(Known::group),
                    world.resolve(results).resolve(id + ".shares"),
                    UNLOCK,
                    ModularPower.JAVA);
        }
        return Known.of(group);
    }

    private static Keyring ring(String id) throws Exception {
        return Keyring.open(
                new Keyring.Place(keys(id), id, UNLOCK, ModularPower.JAVA),
                second.description(),
                (known, keys) -> new TreeMap<String, StateMachine>());
    }

    private static Genesis genesis(Keyring ring, Known known) {
        return Objects.requireNonNull(ring.genesis(known.configuration()));
    }

    private static boolean keeps(Genesis genesis, String keyId) {
        return genesis.care().keeper().kept(keyId, 0).isPresent();
    }

    @Test
    void theFirstClientOfAProviderBringsItsKeysWithTheNextConfiguration() throws Exception {
        assertThat(second.group().keys()).noneMatch(key -> key.purpose() == KeyPurpose.OPENID);
        Configuration plain = Layout.of("4", Overrides.none());
        String text = GroupFile.text(plain) + """
            [[oidc.client]]
            id = "shop"
            redirects = ["https://shop.example/back"]
            [[oidc.client]]
            id = "bank"
            redirects = ["https://bank.example/back"]
            algorithm = "PS256"
            """;
        Configuration wished = Configuration.parse("group.toml", text, Overrides.none());
        Configuration next = Preparation.of(first, wished).next();
        CeremonyPlan plan = plan(next, Optional.of(first), strangers("r1", "r2", "r3", "r4"), false);
        GroupTranscript group =
                new Ceremony(plan, ModularPower.JAVA, Progress.SILENT).perform(world.resolve("provider"), UNLOCK);
        assertThat(group.keys().stream().filter(key -> key.purpose() == KeyPurpose.OPENID))
                .extracting(key -> key.id() + " " + key.scheme().key().encoding())
                .containsExactly("openid PKCS1_SHA256", "openid-pss PSS_SHA256");
        assertThat(Known.of(group).description().settings().openId())
                .isEqualTo(wished.settings().openId());
        assertThat(group.root()).isEqualTo(first.group().root());
    }

    @Test
    void publicKeysStayAndTheCoinIsAnother() {
        assertThat(second.group().carriesKeys()).isTrue();
        assertThat(second.configuration().carried()).isEqualTo(LASTING);
        assertThat(first.configuration().carried()).isEmpty();
        // Nobody dealt those that sign, which the first group makes: that they are the same ones their serials say.
        assertThat(first.group().beacon()).isEmpty();
        assertThat(second.group().beacon()).isEmpty();
        assertThat(second.group().receipts()).isEmpty();
        assertThat(first.group().madeKeys()).containsOnlyKeys(MADE);
        for (CurveKey kind : MADE) {
            assertThat(second.group().serial(kind)).isEqualTo(first.group().serial(kind));
        }
        assertThat(second.group().beaconSerial().orElseThrow())
                .isNotEqualTo(second.group().receiptsSerial().orElseThrow());
        for (CurveKey kind : CurveKey.values()) {
            boolean same = KeptKeys.isSame(kind.id(), first.group(), second.group());
            assertThat(same).as(kind.id()).isEqualTo(kind.outlivesConfigurations());
        }
    }

    /** As ceremonies dealt them before groups made them: such a group goes on as it is, and the keys with it. */
    @Test
    void keysThatWereDealtOnceStayWhatTheyAre() throws Exception {
        UUID id = first.group().id();
        ObjectNode json = (ObjectNode) CanonicalJson.decode(first.group().document(), "the transcript", "");
        try (CurveKey.Dealings dealt = CurveKey.Dealings.deal(
                id, first.trust().sharing(), EnumSet.copyOf(List.of(MADE)), SystemEntropy.INSTANCE)) {
            dealt.keys().forEach((kind, key) -> json.set(kind.id(), kind.json(key, false)));
            dealt.signing()
                    .forEach((kind, key) ->
                            json.put(kind.publicKeyField(), HexFormat.of().formatHex(key.publicKey())));
            GroupTranscript older = GroupTranscript.parse(CanonicalJson.encode(json));
            assertThat(older.madeKeys()).isEmpty();
            assertThat(older.beacon())
                    .contains(Objects.requireNonNull(older.dealtSigning().get(CurveKey.BEACON)));
            assertThat(older.receipts())
                    .contains(Objects.requireNonNull(older.dealtSigning().get(CurveKey.RECEIPTS)));
            for (CurveKey kind : MADE) {
                assertThat(older.signing(kind).publicKey())
                        .isEqualTo(Objects.requireNonNull(dealt.signing().get(kind))
                                .publicKey());
            }
            assertThat(KeptKeys.of(older, KeyUpkeep.Pace.ON_DEMAND))
                    .filteredOn(upkeep -> MADE_IDS.contains(upkeep.keyId()))
                    .allMatch(upkeep -> upkeep.dealt() != null && !upkeep.signs())
                    .hasSize(MADE.length);
            Configuration next = Preparation.of(first, first.description()).next();
            CeremonyPlan plan = plan(next, Optional.of(Known.of(older)), strangers("r1", "r2", "r3", "r4"), true);
            assertThat(CarriedKeys.of(plan).dealt()).containsKeys(MADE);
            assertThat(CarriedKeys.of(plan).serials(plan, SystemEntropy.INSTANCE))
                    .isEmpty();
            MADE_IDS.forEach(keyId -> assertThat(KeptKeys.isSame(keyId, older, first.group()))
                    .as(keyId)
                    .isFalse());
        }
        json.remove("beaconPublicKey");
        json.set(
                "beacon",
                CurveKey.BEACON.made(new byte[CurveKey.SERIAL_LENGTH], false).put("key", "AA=="));
        assertThatThrownBy(() -> GroupTranscript.parse(CanonicalJson.encode(json)))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("is none that a group makes");
    }

    @Test
    void onlyWhatTheConfigurationBeforeHadGoesOn() throws Exception {
        second.group().requireCarried(first.group());
        Configuration four = Layout.of("4", Overrides.none());
        GroupTranscript stranger = new Ceremony(
                        plan(four, Optional.empty(), strangers("r1", "r2", "r3", "r4"), true),
                        ModularPower.JAVA,
                        Progress.SILENT)
                .perform(world.resolve("stranger"), UNLOCK);
        assertThatThrownBy(() -> second.group().requireCarried(stranger))
                .isInstanceOf(CeremonyException.class)
                .hasMessageContaining("is to go on, and is not the one of the configuration before");
    }

    @Test
    void allIsDealtAnewWhereTooFewStayOrItIsWished() throws Exception {
        Configuration seven = Layout.of("7", Overrides.none());
        CeremonyPlan few = plan(seven, Optional.of(first), strangers("r1", "r2", "r3", "a", "b", "c", "d"), true);
        assertThat(CarriedKeys.of(few).kinds()).isEmpty();
        CeremonyPlan enough = plan(seven, Optional.of(first), strangers("r1", "r2", "r3", "r4", "a", "b", "c"), true);
        assertThat(CarriedKeys.of(enough).kinds()).hasSize(LASTING.size());
        assertThat(CarriedKeys.of(enough).made()).containsOnlyKeys(MADE);
        CeremonyPlan wished = plan(seven, Optional.of(first), strangers("r1", "r2", "r3", "r4", "a", "b", "c"), false);
        assertThat(CarriedKeys.of(wished).kinds()).isEmpty();
        assertThat(CarriedKeys.of(wished).serials(wished, count -> new byte[count]))
                .containsOnlyKeys(MADE);
        assertThat(CarriedKeys.of(wished).fresh(wished)).containsExactly(CurveKey.COIN, CurveKey.CONFIDENTIAL);
    }

    /** One member that never comes would keep such a group without certificates: only the beacon waits for all. */
    @Test
    void whereSharesOfAQuorumMayNotSufficeAllButTheBeaconsKeyIsDealt() throws Exception {
        StringBuilder text = new StringBuilder("[group]\nname = \"nine\"\n[trust]\nmodel = \"asynchronous\"\n"
                + "attributes = [\"class\"]\ntolerate = [ { any = 2 }, { class = 1 } ]\nsharing = \"plain\"\n");
        String[] ids = new String[9];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "r" + (i + 1);
            text.append("[[replica]]\nid = \"%s\"\nattributes = { class = \"%s\" }\n"
                    .formatted(ids[i], "aaaabbccd".charAt(i)));
        }
        Configuration nine = Configuration.parse("group.toml", text.toString(), Overrides.none());
        CeremonyPlan plan = plan(nine, Optional.empty(), strangers(ids), true);
        assertThat(plan.trust().sharing().strong()).isFalse();
        assertThat(CarriedKeys.of(plan).fresh(plan))
                .containsExactly(CurveKey.COIN, CurveKey.CONFIDENTIAL, CurveKey.RECEIPTS, CurveKey.DRAWS);
        assertThat(CarriedKeys.of(plan).serials(plan, SystemEntropy.INSTANCE)).containsOnlyKeys(CurveKey.BEACON);
    }

    /** In this order, as it is one disk: what moved does not come back. */
    @Test
    void sharesMoveToTheConfigurationThatBegins() throws Exception {
        try (Keyring ring = ring("r1")) {
            Genesis old = genesis(ring, first);
            for (KeyUpkeep upkeep : old.care().keys()) {
                assertThat(upkeep.carried()).isFalse();
                assertThat(upkeep.signs()).isEqualTo(MADE_IDS.contains(upkeep.keyId()));
                assertThat(keeps(old, upkeep.keyId())).as(upkeep.keyId()).isEqualTo(upkeep.dealt() != null);
            }
            MADE_IDS.forEach(keyId -> old.care().keeper().keep(keyId, 0, new byte[] {2})); // as if they had been made
            Genesis next = genesis(ring, second);
            SortedMap<String, Boolean> carried = new TreeMap<>();
            next.care().keys().forEach(upkeep -> carried.put(upkeep.keyId(), upkeep.carried()));
            assertThat(carried).containsEntry("coin", false).containsEntry("beacon", true);
            for (String keyId : LASTING) {
                assertThat(keeps(old, keyId)).as(keyId).isFalse();
                assertThat(keeps(next, keyId)).as(keyId).isTrue();
            }
            assertThat(keeps(old, "coin")).isTrue();
            // The group has shared it anew: the shares of before are erased, and nothing brings them back.
            next.care().keeper().keep("beacon", 1, new byte[] {1});
            next.care().keeper().erase("beacon", 0, 0);
        }
        try (Keyring again = ring("r1")) {
            assertThat(keeps(genesis(again, second), "beacon")).isFalse();
            assertThat(genesis(again, second).care().keeper().kept("beacon", 1)).isPresent();
        }
        try (Keyring newcomer = ring("r5")) {
            Genesis next = genesis(newcomer, second);
            assertThat(keeps(next, "beacon")).isFalse();
            assertThat(keeps(next, "coin")).isTrue();
        }
    }

    @Test
    void whoLeftErasesItsSharesOnceNobodyNeedsThem() throws Exception {
        try (Keyring ring = ring("r4")) {
            assertThat(keeps(genesis(ring, first), "confidential")).isTrue();
            genesis(ring, first).care().keeper().keep("beacon", 1, new byte[] {1}); // as if it had been made
            ring.forget(second.number(), 0);
            assertThat(ring.genesis(first.configuration())).isNull();
            ring.forget(second.number(), LONG_AFTER);
        }
        try (ShareKeeper keeper = ShareKeeper.look(keys("r4"), UNLOCK)) {
            LASTING.forEach(keyId -> assertThat(keeper.numbers(keyId)).as(keyId).isEmpty());
            assertThat(keeper.numbers("coin")).hasSize(1);
        }
    }
}
