package org.maftia.server.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Lineage;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.component.ComponentPlace;
import org.maftia.server.component.ComponentReport;
import org.maftia.server.component.LocalComponent;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.configuration.Settings;
import org.maftia.server.console.EventLog;
import org.maftia.server.crypto.ModularPowers;
import org.maftia.server.crypto.NativeVerification;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.LogSource;
import org.maftia.server.http.HttpBase;
import org.maftia.server.journal.Journal;
import org.maftia.server.log.LogKeeper;
import org.maftia.server.log.LogSetup;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.runtime.ReplicaSetup;
import org.maftia.server.succession.Keyring;
import org.maftia.server.succession.Known;
import org.maftia.server.succession.Step;
import org.maftia.services.log.TransparencyLog;

/** A replica with its gateways, from {@link #start} to {@link #close}. */
public final class ReplicaHost implements AutoCloseable {
    private final ReplicaRuntime runtime;
    private final Keyring keyring;
    private final HttpBase http;
    private final KeyWatch watch;
    private final GroupSearch search;
    private final ComponentPlace component;
    private final EventLog log;
    private final LogKeeper keeper;

    private ReplicaHost(
            ReplicaRuntime runtime,
            Keyring keyring,
            HttpBase http,
            KeyWatch watch,
            GroupSearch search,
            ComponentPlace component,
            EventLog log,
            LogKeeper keeper) {
        this.runtime = runtime;
        this.keyring = keyring;
        this.http = http;
        this.watch = watch;
        this.search = search;
        this.component = component;
        this.log = log;
        this.keeper = keeper;
    }

    /**
     * Opens the keys, reads the journal, opens all four ports.
     *
     * @throws IOException when a port is taken or the data cannot be read
     */
    public static ReplicaHost start(HostSetup setup) throws IOException, ConfigurationException {
        Configuration written = setup.configuration();
        String verification = NativeVerification.install();
        ModularPowers.Choice arithmetic = ModularPowers.choose(SystemEntropy.INSTANCE);
        ModularPower power = arithmetic.power();
        PresentAuthority authority = new PresentAuthority();
        Keyring keyring = Keyring.open(
                new Keyring.Place(setup.keys(), setup.id(), setup.unlock(), power),
                written,
                new Hosted(setup, authority));
        for (Known known : keyring.all()) {
            requireSame(written, known);
        }
        EventLog log = new EventLog(setup.id());
        Known newest = keyring.own().getLast();
        log.started(written.group(), newest.trust().size(), arithmetic.report(), verification);
        setup.intruder()
                .ifPresent(intruder -> log.corrupted(intruder.corruption().word()));
        HostMembership[] made = new HostMembership[1];
        Optional<LocalComponent> component = component(setup, keyring, log);
        ReplicaRuntime runtime = ReplicaRuntime.start(runtimeSetup(setup, keyring, component, made, log));
        HostMembership membership = Invariant.present(made[0], "a runtime makes its automaton at once");
        LogKeeper keeper = null;
        try {
            authority.begin(keyring.seat(), runtime, membership);
            keeper = LogKeeper.begin(new LogKeeper.Setup(
                    setup.data().resolve("log"),
                    runtime.submission(),
                    membership::present,
                    keyring.seat(),
                    keyring.newestKeys().log(),
                    log::notice));
            HttpBase http = serve(setup, keyring, membership, runtime, component, authority, keeper);
            ReplicaEntry entry = own(setup);
            log.listening(entry.link(), entry.client(), entry.httpsAddress(), entry.httpAddress());
            KeyWatch watch = KeyWatch.begin(keyring, membership, runtime, log);
            GroupSearch search = GroupSearch.begin(keyring, written, membership, runtime, log);
            return new ReplicaHost(runtime, keyring, http, watch, search, setup.component(), log, keeper);
        } catch (IOException | RuntimeException e) {
            if (keeper != null) {
                keeper.close();
            }
            runtime.close();
            throw e;
        }
    }

    /** Finds the trusted component of a replica whose group is hybrid, or starts it. */
    private static Optional<LocalComponent> component(HostSetup setup, Keyring keyring, EventLog log)
            throws IOException {
        Known newest = keyring.own().getLast();
        int index = newest.configuration().indexOf(keyring.seat());
        Optional<ComponentIdentity> identity =
                newest.group().enrolments().get(index).component();
        if (identity.isEmpty()) {
            return Optional.empty();
        }
        LocalComponent component = LocalComponent.open(
                setup.component(),
                new LocalComponent.Role(newest.group().id(), keyring.seat(), identity.get()),
                setup.configuration().settings().components().realTime());
        ComponentReport report = component.report();
        log.component(report.epoch(), report.backEnd(), report.timely());
        report.caveats().forEach(log::notice);
        return Optional.of(component);
    }

    private static HttpBase serve(
            HostSetup setup,
            Keyring keyring,
            HostMembership membership,
            ReplicaRuntime runtime,
            Optional<LocalComponent> component,
            PresentAuthority authority,
            LogSource source)
            throws IOException {
        ReplicaEntry entry = own(setup);
        ReplicaKeys keys = keyring.newestKeys();
        List<Gateway> gateways = Services.gateways(
                runtime.submission(),
                runtime,
                authority,
                digest -> membership.step(digest).map(Step.CODEC::encode),
                source,
                membership::present);
        return HttpBase.start(
                new HttpBase.Ports(
                        InetAddress.getByName(entry.host()),
                        entry.http(),
                        entry.https(),
                        setup.configuration().settings().gateways().connectionsMax(),
                        setup.configuration().settings().gateways().connectionsOfAddressMax()),
                new HttpBase.Identity(
                        keys.httpsKey(),
                        keys.httpsChain(),
                        setup.configuration().settings().openId().wantsCertificates()),
                new StatusView(setup.configuration().group(), keyring, membership, runtime, component),
                gateways);
    }

    private static ReplicaEntry own(HostSetup setup) {
        Configuration written = setup.configuration();
        int index = written.indexOf(setup.id())
                .orElseThrow(() -> new CeremonyException(
                        "the configuration has no replica '" + setup.id() + "'", "see [[replica]] in group.toml"));
        return written.replicas().get(index);
    }

    /** The file may say other addresses than the ceremony was told, but not who the group is. */
    private static void requireSame(Configuration written, Known known) {
        Configuration dealt = known.description();
        if (written.ordinal().number() != dealt.ordinal().number()) {
            return;
        }
        boolean same = written.group().equals(dealt.group())
                && written.members().equals(dealt.members())
                && written.officers().equals(dealt.officers())
                && written.settings().notary().equals(dealt.settings().notary())
                && written.settings().keys().equals(dealt.settings().keys())
                && written.settings().beacon().equals(dealt.settings().beacon())
                && written.settings().signing().equals(dealt.settings().signing())
                && written.settings()
                        .authority()
                        .agreed()
                        .equals(dealt.settings().authority().agreed())
                && written.settings().openId().equals(dealt.settings().openId());
        if (!same) {
            throw new CeremonyException(
                    "the configuration is another one than the ceremony was held for",
                    "restore group.toml; 'maftia reconfigure' changes a group");
        }
        try {
            known.group().requireTrust(written.faultStructure());
        } catch (ConfigurationException e) {
            throw new CeremonyException(String.valueOf(e.getMessage()), e.hint(), e);
        }
    }

    /** What clients and offline checks must know of the group: from its configuration and the public transcript. */
    public static Charter charter(Configuration configuration, GroupTranscript group) throws ConfigurationException {
        return Known.of(configuration, group).charter();
    }

    /** Both ends of a link must belong to one group, and do the same: a group keeps this while its members change. */
    private static Digest link(Known known) {
        Settings.Notary notary = known.description().settings().notary();
        return Transcript.of("group link")
                .field(known.group().id().toString())
                .field(notary.policy())
                .field(notary.accuracySeconds())
                .field(known.description().settings().beacon().periodSeconds())
                .digest();
    }

    private static ReplicaSetup runtimeSetup(
            HostSetup setup, Keyring keyring, Optional<LocalComponent> component, HostMembership[] made, EventLog log)
            throws ConfigurationException {
        Configuration written = setup.configuration();
        ReplicaKeys keys = keyring.newestKeys();
        ReplicaEntry own = own(setup);
        return new ReplicaSetup(
                keyring.seat(),
                Collections.emptySortedMap(),
                new TlsIdentity(keys.linkKey(), keys.linkCertificate()),
                link(keyring.own().getLast()),
                Limits.DEFAULT,
                new InetSocketAddress(own.host(), own.link()),
                new InetSocketAddress(own.host(), own.client()),
                keys.clients(),
                setup.keys(),
                setup.data(),
                new Journal.Settings(written.settings().journal().sync(), Journal.Settings.DEFAULT.segmentLength()),
                written.settings().gateways().timeoutMillis() * 1_000L,
                component.map(local -> local.calls(new Seats(keyring))),
                (amnesiac, nowMicros, life) -> {
                    Lineage lineage = new Lineage(
                            keyring.seat(),
                            Limits.DEFAULT,
                            keyring.first().configuration(),
                            keyring,
                            amnesiac,
                            nowMicros,
                            life);
                    HostMembership membership = made[0];
                    if (membership == null) {
                        membership = new HostMembership(keyring, written, lineage);
                        made[0] = membership;
                    } else {
                        membership.goOnWith(lineage);
                    }
                    return new ReplicaSetup.Made(
                            automaton(setup, keyring, lineage, nowMicros),
                            membership::status,
                            membership,
                            membership::jury);
                },
                new HostEvents(
                        log,
                        seat -> Invariant.present(made[0], "no event before").name(seat)),
                Services.observers(written));
    }

    private static Automaton<Input, Output> automaton(
            HostSetup setup, Keyring keyring, Lineage lineage, long nowMicros) {
        if (setup.intruder().isEmpty()) {
            return lineage;
        }
        Intruder intruder = setup.intruder().get();
        int peers = keyring.own().getLast().members().lastKey() + 1;
        return intruder.corruption().of(lineage, keyring.seat(), peers, nowMicros, intruder::isActive);
    }

    /** What this host runs, or what an intruder makes of it. */
    private record Hosted(HostSetup setup, PresentAuthority authority) implements Keyring.Services {
        @Override
        public SortedMap<String, StateMachine> services(Known known, ReplicaKeys keys) {
            SortedMap<String, StateMachine> services = new TreeMap<>(Services.machines(known, keys));
            services.put(TransparencyLog.NAME, LogSetup.machine(known));
            authority.made(known, services);
            setup.intruder()
                    .ifPresent(intruder -> services.replaceAll(
                            (name, service) -> intruder.corruption().of(service, intruder::isActive)));
            return services;
        }

        @Override
        public ObliviousFunction.Holder evaluator(ObliviousFunction.Holder correct) {
            return setup.intruder()
                    .map(intruder -> intruder.corruption().of(correct, intruder::isActive))
                    .orElse(correct);
        }

        @Override
        public Certifier certifier(Certifier correct) {
            return setup.intruder()
                    .map(intruder -> intruder.corruption().of(correct, intruder::isActive))
                    .orElse(correct);
        }

        @Override
        public Verifier clients(Verifier correct) {
            return setup.intruder()
                    .map(intruder -> intruder.corruption().of(correct, intruder::isActive))
                    .orElse(correct);
        }
    }

    /** Waits until the replica ends by itself, which a correct member on a good disk does not; gives the reason. */
    public String awaitEnd() throws InterruptedException {
        try {
            return runtime.stopped().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the runtime always gives a reason", e);
        }
    }

    /** Whether it runs. */
    public boolean lives() {
        return !runtime.stopped().isDone();
    }

    @Override
    public void close() {
        log.stopping("asked to");
        watch.close();
        search.close();
        http.close();
        keeper.close();
        try {
            runtime.close();
        } catch (IOException e) {
            log.notice("closing sockets failed: " + e.getMessage());
        }
        keyring.close();
        try {
            component.end();
        } catch (IOException e) {
            log.notice("its trusted component could not be stopped: " + e.getMessage());
        }
    }
}
