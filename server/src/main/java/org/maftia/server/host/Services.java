package org.maftia.server.host;

import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.StateMachine;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.configuration.Settings;
import org.maftia.server.gateway.BeaconGateway;
import org.maftia.server.gateway.BeaconInfo;
import org.maftia.server.gateway.CertifiedReadGateway;
import org.maftia.server.gateway.CertifiedState;
import org.maftia.server.gateway.ConfigurationGateway;
import org.maftia.server.gateway.EvaluationGateway;
import org.maftia.server.gateway.EvaluationInfo;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.GroupHistory;
import org.maftia.server.gateway.Submission;
import org.maftia.server.gateway.TimeStampGateway;
import org.maftia.server.runtime.Observer;
import org.maftia.server.succession.Known;
import org.maftia.services.beacon.Beacon;
import org.maftia.services.beacon.BeaconSchedule;
import org.maftia.services.evaluation.EvaluationReceipt;
import org.maftia.services.evaluation.Evaluator;
import org.maftia.services.notary.Notary;
import org.maftia.services.register.Register;

/** The services that a group runs, and the protocols by which clients reach them. */
public final class Services {
    private Services() {}

    /** New state machines, by name. */
    static SortedMap<String, StateMachine> machines(Settings settings, ReplicaKeys keys) {
        SortedMap<String, StateMachine> machines = new TreeMap<>();
        ServiceKey timeStamp = keys.group().key(ServiceKey.TIME_STAMP);
        try {
            machines.put(
                    Notary.NAME,
                    new Notary(
                            timeStamp.id(),
                            timeStamp.certificate().getEncoded(),
                            settings.notary().policy(),
                            settings.notary().accuracySeconds()));
        } catch (CertificateEncodingException e) {
            throw new CeremonyException(
                    "the certificate of the notary is broken", "take the transcript anew from the ceremony", e);
        }
        machines.put(Register.NAME, new Register());
        BlsKey beacon = keys.group().beacon();
        machines.put(
                Beacon.NAME,
                new Beacon(beacon.sharing().keyId(), beacon.publicKey(), schedule(settings, keys.group())));
        keys.group()
                .function()
                .ifPresent(function -> machines.put(
                        Evaluator.NAME,
                        new Evaluator(
                                function.keyId(),
                                EvaluationReceipt.function(function),
                                keys.group().receipts().sharing().keyId())));
        return machines;
    }

    /** Those who look at the world outside for services, by the names of these; each looks from this host alone. */
    static SortedMap<String, Observer> observers(Settings settings) {
        return new TreeMap<>();
    }

    /** What clients must know of the oblivious function of a group; empty where it has none. */
    static Optional<EvaluationInfo> evaluation(Known known) {
        return known.group()
                .function()
                .map(function -> new EvaluationInfo(
                        EvaluationReceipt.function(function),
                        known.group().receipts().publicKey()));
    }

    /** From the beginning of the root's life on, which is that of the group: so its public document says it. */
    private static BeaconSchedule schedule(Settings settings, GroupTranscript group) {
        long genesisSeconds = group.root().getNotBefore().getTime() / 1_000;
        return new BeaconSchedule(genesisSeconds, settings.beacon().periodSeconds());
    }

    /** What clients must know of the beacon of a group. */
    static BeaconInfo beacon(Known known) {
        GroupTranscript group = known.group();
        return new BeaconInfo(
                group.beacon().publicKey(),
                schedule(known.description().settings(), group),
                Transcript.of("beacon group").field(group.id().toString()).digest(),
                group.name());
    }

    static List<Gateway> gateways(
            Submission submission, CertifiedState state, GroupHistory history, Supplier<Known> present) {
        return List.of(
                new TimeStampGateway(submission),
                new BeaconGateway(submission, () -> beacon(present.get()), InstantSource.system()),
                new EvaluationGateway(submission, () -> evaluation(present.get())),
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
        gateways(none, new NothingCertified(), digest -> Optional.empty(), unknown)
                .forEach(gateway -> paths.put(gateway.service(), gateway.path()));
        return paths;
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
}
