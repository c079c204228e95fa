package org.maftia.server.host;

import java.net.URI;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.KeyPurpose;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.configuration.AuthoritySettings;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.OpenIdSettings;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.configuration.Settings;
import org.maftia.server.configuration.SigningSettings;
import org.maftia.server.gateway.AcmeGateway;
import org.maftia.server.gateway.AuthorityState;
import org.maftia.server.gateway.BeaconGateway;
import org.maftia.server.gateway.BeaconInfo;
import org.maftia.server.gateway.CertifiedReadGateway;
import org.maftia.server.gateway.CertifiedState;
import org.maftia.server.gateway.ConfigurationGateway;
import org.maftia.server.gateway.EvaluationGateway;
import org.maftia.server.gateway.EvaluationInfo;
import org.maftia.server.gateway.ExchangeGateway;
import org.maftia.server.gateway.ExchangeInfo;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.GroupHistory;
import org.maftia.server.gateway.LogGateway;
import org.maftia.server.gateway.LogSource;
import org.maftia.server.gateway.RegistrationGateway;
import org.maftia.server.gateway.RegistrationInfo;
import org.maftia.server.gateway.SigningDesk;
import org.maftia.server.gateway.SigningGateway;
import org.maftia.server.gateway.SigningInfo;
import org.maftia.server.gateway.Submission;
import org.maftia.server.gateway.TimeStampGateway;
import org.maftia.server.gateway.VaultGateway;
import org.maftia.server.log.LogSetup;
import org.maftia.server.openid.OpenIdGateway;
import org.maftia.server.openid.OpenIdInfo;
import org.maftia.server.runtime.Observer;
import org.maftia.server.succession.Known;
import org.maftia.server.validation.NameObserver;
import org.maftia.services.authority.Authority;
import org.maftia.services.authority.AuthorityPolicy;
import org.maftia.services.authority.Looks;
import org.maftia.services.beacon.Beacon;
import org.maftia.services.beacon.BeaconSchedule;
import org.maftia.services.evaluation.EvaluationReceipt;
import org.maftia.services.evaluation.Evaluator;
import org.maftia.services.exchange.Exchange;
import org.maftia.services.exchange.Mailbox;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.SignedCheckpoint;
import org.maftia.services.notary.Notary;
import org.maftia.services.openid.OwnCertificates;
import org.maftia.services.openid.PasswordFunction;
import org.maftia.services.openid.Provider;
import org.maftia.services.openid.ProviderPolicy;
import org.maftia.services.openid.TokenKey;
import org.maftia.services.register.Register;
import org.maftia.services.registration.Registrar;
import org.maftia.services.signing.Signing;
import org.maftia.services.signing.SigningPolicy;
import org.maftia.services.x509.CertificateChain;

/** The services that a group runs, and the protocols by which clients reach them. */
public final class Services {
    /** Places of revocation lists in a certificate: a client tries one after the other. */
    private static final int PLAIN_BASES_MAX = 4;

    private Services() {}

    /** New state machines, by name. */
    static SortedMap<String, StateMachine> machines(Known known, ReplicaKeys keys) {
        Settings settings = known.description().settings();
        SortedMap<String, StateMachine> machines = new TreeMap<>();
        ServiceKey timeStamp = keys.group().key(ServiceKey.TIME_STAMP);
        machines.put(
                Notary.NAME,
                new Notary(
                        timeStamp.id(),
                        encoded(timeStamp),
                        settings.notary().policy(),
                        settings.notary().accuracySeconds()));
        machines.put(Register.NAME, new Register());
        machines.put(Beacon.NAME, beacon(keys.group(), schedule(settings, keys.group())));
        keys.group()
                .function()
                .ifPresent(function -> machines.put(
                        Evaluator.NAME,
                        new Evaluator(
                                function.keyId(), EvaluationReceipt.function(function), GroupTranscript.RECEIPTS_KEY)));
        Optional<Authority> authority = authority(known, keys);
        authority.ifPresent(machine -> machines.put(Authority.NAME, machine));
        List<SigningPolicy> policies =
                signing(known).stream().map(SigningInfo::policy).toList();
        if (!policies.isEmpty()) {
            machines.put(Signing.NAME, new Signing(policies));
        }
        exchange(keys.group())
                .ifPresent(info -> machines.put(
                        Exchange.NAME,
                        new Exchange(ServiceKey.EXCHANGE, info.key().thumbprint())));
        exchange(keys.group())
                .ifPresent(info -> machines.put(
                        Mailbox.NAME,
                        new Mailbox(
                                info.key().thumbprint(),
                                known.description().replicas().size())));
        registration(keys.group())
                .ifPresent(info -> machines.put(
                        Registrar.NAME,
                        new Registrar(
                                info.addressee(),
                                ServiceKey.EXCHANGE,
                                info.receipts().key().thumbprint())));
        List<TokenKey> tokenKeys = openIdKeys(keys.group());
        if (!tokenKeys.isEmpty()) {
            machines.put(
                    Provider.NAME,
                    new Provider(
                            openIdPolicy(known),
                            tokenKeys,
                            keys.group()
                                    .function()
                                    .map(function -> new PasswordFunction(
                                            function.keyId(), EvaluationReceipt.function(function))),
                            authority
                                    .<OwnCertificates>map(machine -> machine::isGood)
                                    .orElse(OwnCertificates.NONE)));
        }
        return machines;
    }

    private static Beacon beacon(GroupTranscript group, BeaconSchedule schedule) {
        return group.beaconSerial()
                .map(serial -> Beacon.ofMadeKey(GroupTranscript.BEACON_KEY, serial, schedule))
                .orElseGet(() -> new Beacon(
                        GroupTranscript.BEACON_KEY, group.beacon().orElseThrow().publicKey(), schedule));
    }

    /** Those who look at the world outside for services, by the names of these; each looks from this host alone. */
    static SortedMap<String, Observer> observers(Configuration written) throws ConfigurationException {
        SortedMap<String, Observer> observers = new TreeMap<>();
        AuthoritySettings authority = written.settings().authority();
        observers.put(Authority.NAME, NameObserver.of(authority.validation(), caaNames(written), bases(written)));
        return observers;
    }

    /** Empty where the ceremony dealt it no key. */
    private static Optional<Authority> authority(Known known, ReplicaKeys keys) {
        return keys.group().keys().stream()
                .filter(key -> key.id().equals(ServiceKey.AUTHORITY))
                .findFirst()
                .map(key -> new Authority(key.id(), encoded(key), policy(known)));
    }

    /** Empty where the ceremony dealt no key for it. */
    private static Optional<ExchangeInfo> exchange(GroupTranscript group) {
        return group.keys().stream()
                .filter(key -> key.id().equals(ServiceKey.EXCHANGE))
                .findFirst()
                .map(key ->
                        new ExchangeInfo(new JsonWebKey.Rsa(key.scheme().key().modulus()), key.certificate()));
    }

    /** Empty where the ceremony dealt no key for receipts, or where trusted components stand beside the replicas. */
    private static Optional<RegistrationInfo> registration(GroupTranscript group) {
        return group.isHybrid()
                ? Optional.empty()
                : exchange(group).map(receipts -> RegistrationInfo.of(group, receipts));
    }

    /** Keys that the configuration names and the ceremony dealt. */
    private static List<SigningInfo> signing(Known known) {
        List<SigningInfo> infos = new ArrayList<>();
        for (SigningSettings.Key wanted :
                known.description().settings().signing().keys()) {
            ServiceKey dealt = known.group().key(SigningPolicy.keyId(wanted.name()));
            SigningPolicy policy = new SigningPolicy(
                    wanted.name(),
                    dealt.id(),
                    SigningPolicy.publicKey(dealt.scheme().key().modulus()),
                    dealt.scheme().key().encoding().isPss(),
                    wanted.allowed(),
                    wanted.callers().stream().map(HexFormat.of()::parseHex).toList(),
                    wanted.signaturesPerMinute());
            infos.add(new SigningInfo(
                    policy, dealt.scheme(), dealt.certificate(), known.group().root()));
        }
        return infos;
    }

    /** None where the configuration of the ceremony named no clients. */
    private static List<TokenKey> openIdKeys(GroupTranscript group) {
        return group.keys().stream()
                .filter(key -> key.purpose() == KeyPurpose.OPENID)
                .map(key -> new TokenKey(key.id(), tokenKey(key.scheme().key())))
                .toList();
    }

    private static JsonWebKey tokenKey(RsaKey key) {
        return key.encoding().isPss() ? new JsonWebKey.RsaPss(key.modulus()) : new JsonWebKey.Rsa(key.modulus());
    }

    private static ProviderPolicy openIdPolicy(Known known) {
        Configuration description = known.description();
        OpenIdSettings settings = description.settings().openId();
        List<String> bases = bases(description);
        SortedMap<Integer, String> homes = new TreeMap<>();
        description.replicas().stream()
                .filter(replica -> bases.contains(replica.httpsAddress()))
                .forEach(replica -> homes.put(replica.seat(), replica.httpsAddress()));
        return new ProviderPolicy(
                bases,
                settings.place().isEmpty() ? URI.create(bases.getFirst()).getHost() : settings.place(),
                settings.open(),
                settings.clients().stream().map(Services::openIdClient).toList(),
                settings.invitations().stream()
                        .map(one -> new ProviderPolicy.Invitation(one.name(), verifier(one.secret())))
                        .toList(),
                homes,
                authorityGroup(known),
                officers(description).stream().map(Digest::of).toList(),
                anchors(known));
    }

    private static List<CertificateChain.Anchor> anchors(Known known) {
        List<CertificateChain.Anchor> anchors = new ArrayList<>();
        for (String anchor : known.description().settings().openId().anchors()) {
            if (!anchor.equals(OpenIdSettings.OWN)) {
                anchors.add(CertificateChain.Anchor.of(OpenIdSettings.decoded(anchor)));
                continue;
            }
            known.group().keys().stream()
                    .filter(key -> key.id().equals(ServiceKey.AUTHORITY))
                    .forEach(key -> anchors.add(CertificateChain.Anchor.own(encoded(key))));
        }
        return anchors;
    }

    /**
     * Keys of those whose order a service carries out though they are alone: who is named as an officer. Where nobody is, the
     * replicas are the officers of reconfigurations, which takes several; one of them must not revoke certificates and remove people.
     */
    static List<byte[]> officers(Configuration description) {
        return description.officers().entries().stream()
                .map(officer -> HexFormat.of().parseHex(officer.key()))
                .toList();
    }

    private static ProviderPolicy.Client openIdClient(OpenIdSettings.Client client) {
        return new ProviderPolicy.Client(
                client.id(),
                client.redirects(),
                Optional.of(client.secret()).filter(secret -> !secret.isEmpty()).map(Services::verifier),
                client.keys(),
                client.certificates().stream().map(Services::verifier).toList(),
                client.certified(),
                client.algorithm(),
                ProviderPolicy.Bound.valueOf(client.bound().toUpperCase(Locale.ROOT)));
    }

    private static Digest verifier(String hex) {
        return Digest.of(HexFormat.of().parseHex(hex));
    }

    private static Optional<OpenIdInfo> openId(Known known, AuthorityState.Place place) {
        List<TokenKey> keys = openIdKeys(known.group());
        return keys.isEmpty()
                ? Optional.empty()
                : Optional.of(new OpenIdInfo(
                        openIdPolicy(known),
                        keys,
                        place.own(),
                        place.gateway(),
                        known.group().function().map(EvaluationReceipt::function)));
    }

    private static byte[] encoded(ServiceKey key) {
        try {
            return key.certificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new CeremonyException(
                    "the certificate of key " + key.id() + " is broken",
                    "take the transcript anew from the ceremony",
                    e);
        }
    }

    private static AuthorityPolicy policy(Known known) {
        AuthoritySettings.Agreed agreed =
                known.description().settings().authority().agreed();
        List<String> plain = agreed.plainBases();
        if (plain.isEmpty()) {
            plain = known.description().replicas().stream()
                    .limit(PLAIN_BASES_MAX)
                    .map(ReplicaEntry::httpAddress)
                    .toList();
        }
        return new AuthorityPolicy(
                authorityGroup(known),
                bases(known.description()),
                plain,
                officers(known.description()),
                agreed.credentialsRequired(),
                agreed.permitted(),
                agreed.excluded(),
                agreed.ordersPerHour(),
                agreed.lifeDays(),
                agreed.hostile());
    }

    /** The group's name in what officers sign for its authority. */
    public static Digest authorityGroup(Known known) {
        return Transcript.of("authority group")
                .field(known.group().id().toString())
                .digest();
    }

    /** Where clients reach the gateways of a group. */
    static List<String> bases(Configuration description) {
        List<String> named = description.settings().authority().agreed().bases();
        return named.isEmpty()
                ? description.replicas().stream()
                        .map(ReplicaEntry::httpsAddress)
                        .toList()
                : named;
    }

    /** Names by which CAA records may mean the authority of a group: where none are configured, the hosts of its places. */
    private static List<String> caaNames(Configuration description) {
        List<String> named = description.settings().authority().agreed().caaNames();
        return named.isEmpty()
                ? bases(description).stream()
                        .map(base -> URI.create(base).getHost())
                        .distinct()
                        .toList()
                : named;
    }

    /** What clients must know of the oblivious function of a group; empty where it has none. */
    static Optional<EvaluationInfo> evaluation(Known known, MadeKeysHere made) {
        GroupTranscript group = known.group();
        return group.function()
                .map(function -> new EvaluationInfo(
                        EvaluationReceipt.function(function),
                        verifying(
                                known, made, GroupTranscript.RECEIPTS_KEY, group.receiptsSerial(), group.receipts())));
    }

    /**
     * What outsiders verify with; empty while the group makes the key.
     *
     * @param serial of a key that the group makes
     * @param dealt of any other
     */
    private static Optional<byte[]> verifying(
            Known known, MadeKeysHere made, String keyId, Optional<byte[]> serial, Optional<BlsKey> dealt) {
        return serial.isPresent()
                ? made.publicKey(keyId, serial.get(), known.configuration().digest())
                : dealt.map(BlsKey::publicKey);
    }

    /** From the beginning of the root's life on, which is that of the group: so its public document says it. */
    private static BeaconSchedule schedule(Settings settings, GroupTranscript group) {
        long genesisSeconds = group.root().getNotBefore().getTime() / 1_000;
        return new BeaconSchedule(genesisSeconds, settings.beacon().periodSeconds());
    }

    /** What clients must know of the beacon of a group; empty while the group makes its key. */
    static Optional<BeaconInfo> beacon(Known known, MadeKeysHere made) {
        GroupTranscript group = known.group();
        Optional<byte[]> publicKey =
                verifying(known, made, GroupTranscript.BEACON_KEY, group.beaconSerial(), group.beacon());
        return publicKey.map(key -> new BeaconInfo(
                key,
                schedule(known.description().settings(), group),
                Transcript.of("beacon group").field(group.id().toString()).digest(),
                group.name()));
    }

    static List<Gateway> gateways(
            Submission submission,
            CertifiedState state,
            AuthorityState authority,
            GroupHistory history,
            LogSource log,
            Supplier<Known> present) {
        SigningDesk signing = new SigningDesk(
                submission,
                new PerConfiguration<>(present, Services::signing),
                () -> authority.place().gateway());
        MadeKeysHere made = new MadeKeysHere(state);
        return List.of(
                new TimeStampGateway(submission),
                new BeaconGateway(submission, () -> beacon(present.get(), made), InstantSource.system()),
                new EvaluationGateway(submission, () -> evaluation(present.get(), made)),
                new AcmeGateway(submission, authority, InstantSource.system()),
                new LogGateway(submission, log, () -> LogSetup.policy(present.get())),
                new ExchangeGateway(
                        submission,
                        new PerConfiguration<>(present, known -> exchange(known.group())),
                        InstantSource.system()),
                new RegistrationGateway(
                        submission, log, new PerConfiguration<>(present, known -> registration(known.group()))),
                new SigningGateway(signing),
                new VaultGateway(signing, InstantSource.system()),
                new OpenIdGateway(
                        submission,
                        new PerConfiguration<>(present, known -> openId(known, authority.place())),
                        InstantSource.system()),
                new CertifiedReadGateway(state),
                new ConfigurationGateway(submission, history));
    }

    /** The path of each client protocol, by the name under which {@code endpoints.json} has it. */
    public static SortedMap<String, String> paths() {
        SortedMap<String, String> paths = new TreeMap<>();
        Submission none = (service, operation) -> {
            throw new Submission.Busy("this replica does not run");
        };
        Supplier<Known> unknown = () -> {
            throw new IllegalStateException("this replica does not run");
        };
        gateways(
                        none,
                        new NothingCertified(),
                        new NoAuthority(),
                        digest -> Optional.empty(),
                        new NothingLogged(),
                        unknown)
                .forEach(gateway -> paths.put(gateway.service(), gateway.path()));
        return paths;
    }

    /** Of a replica that does not run. */
    private static final class NothingLogged implements LogSource {
        @Override
        public Optional<SignedCheckpoint> published() {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> tile(int level, long index, int width) {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> bundle(long index, int width) {
            return Optional.empty();
        }

        @Override
        public Optional<LogProof> proof(long index) {
            return Optional.empty();
        }
    }

    /** Of a replica that does not run. */
    private static final class NothingCertified implements CertifiedState {
        @Override
        public Optional<CertifiedView> certified() {
            return Optional.empty();
        }

        @Override
        public void certify() {}
    }

    /** Of a replica that does not run. */
    private static final class NoAuthority implements AuthorityState {
        @Override
        public <T extends Object> Optional<T> look(Function<Looks, T> question) {
            return Optional.empty();
        }

        @Override
        public Place place() {
            return new Place("", List.of(), 0, false, List.of());
        }
    }
}
