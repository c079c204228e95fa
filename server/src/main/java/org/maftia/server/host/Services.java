package org.maftia.server.host;

import java.security.cert.CertificateEncodingException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.StateMachine;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.configuration.Settings;
import org.maftia.server.gateway.CertifiedReadGateway;
import org.maftia.server.gateway.CertifiedState;
import org.maftia.server.gateway.ConfigurationGateway;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.GroupHistory;
import org.maftia.server.gateway.Submission;
import org.maftia.server.gateway.TimeStampGateway;
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
        return machines;
    }

    static List<Gateway> gateways(Submission submission, CertifiedState state, GroupHistory history) {
        return List.of(
                new TimeStampGateway(submission),
                new CertifiedReadGateway(state),
                new ConfigurationGateway(submission, history));
    }

    /** The path of each client protocol, by the name under which {@code endpoints.json} has it. */
    public static SortedMap<String, String> paths() {
        SortedMap<String, String> paths = new TreeMap<>();
        Submission none = (service, operation) -> {
            throw new Submission.Busy("this replica does not run");
        };
        gateways(none, new NothingCertified(), digest -> Optional.empty())
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
