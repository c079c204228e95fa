package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.RsaShares;
import org.maftia.core.crypto.Transcript;

/**
 * Checks what a ceremony published, without believing who held it: that every certificate is the root's, that the
 * verification keys v_l and V_l of every threshold key are those of one sharing of it, that the ceremony's own record says
 * the same, and, where shares can be opened, that they are the ones which the keys commit to. One sentence for each thing
 * that was checked, good or bad; what was not checked has none.
 */
public final class KeyAudit {
    /** NIST SP 800-131A: shorter keys are not to be relied on. */
    private static final int RSA_BITS_MIN = CeremonyPlan.RSA_BITS_SHORT;

    private static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    /** X.509's number for a DNS name, and for an address, in alternative names. */
    private static final Set<Integer> HOST_NAMES = Set.of(2, 7);

    private final GroupTranscript group;
    private final Instant now;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * One thing that was checked.
     *
     * @param holds whether it is as it must be
     * @param sentence what was looked at and found
     */
    public record Finding(boolean holds, String sentence) {}

    private KeyAudit(GroupTranscript group, Instant now) {
        this.group = group;
        this.now = now;
    }

    /**
     * Checks a transcript by itself.
     *
     * @param now the time at which its certificates must be valid
     */
    public static KeyAudit of(GroupTranscript group, Instant now) {
        KeyAudit audit = new KeyAudit(group, now);
        audit.certificates();
        group.keys().forEach(audit::rsaKey);
        for (CurveKey kind : group.curveKeys()) {
            audit.curveKey(group.key(kind));
        }
        group.madeKeys().keySet().forEach(audit::madeKey);
        audit.gateways();
        return audit;
    }

    /** Compares the transcript's hash with the one that the people of the ceremony read out. */
    public void expect(String hash) {
        boolean same = group.hasDigest(hash);
        add(same, "the transcript's hash is " + (same ? "the one expected" : "not " + hash.strip() + ", as expected"));
    }

    /** When the ceremony ended, by its own record, where that lies beside its results and is the root's. */
    public static Optional<String> heldAt(GroupTranscript group, Path results) {
        Path file = results.resolve(CeremonyRecord.FILE);
        return Files.exists(file)
                ? Optional.of(CeremonyRecord.read(file, group.root().getPublicKey())
                        .times()
                        .getLast())
                : Optional.empty();
    }

    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** What could not be judged, in sentences. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** Whether nothing is wrong. */
    public boolean holds() {
        return findings.stream().allMatch(Finding::holds);
    }

    /** Adds what somebody else looked at. */
    public void add(boolean holds, String sentence) {
        findings.add(new Finding(holds, sentence));
    }

    private void certificates() {
        X509Certificate root = group.root();
        boolean selfSigned = true;
        try {
            root.verify(root.getPublicKey());
        } catch (GeneralSecurityException e) {
            selfSigned = false;
        }
        add(
                selfSigned && isValid(root),
                "the root " + Fingerprint.of(Certificates.encode(root)) + " is signed by itself, and valid until "
                        + day(root));
        List<X509Certificate> issued = new ArrayList<>(group.gateways());
        issued.addAll(group.clients().values());
        group.keys().forEach(key -> issued.add(key.certificate()));
        List<String> expired = issued.stream()
                .filter(certificate -> !isValid(certificate))
                .map(certificate -> certificate.getSubjectX500Principal().getName())
                .toList();
        add(
                expired.isEmpty(),
                issued.size() + " certificates are the root's"
                        + (expired.isEmpty() ? ", and valid now" : ", of which not valid now: " + expired));
        add(true, group.enrolments().size() + " replicas enrolled, each signing with its own key");
    }

    private boolean isValid(X509Certificate certificate) {
        Date date = Date.from(now);
        return !date.before(certificate.getNotBefore()) && !date.after(certificate.getNotAfter());
    }

    private static LocalDate day(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().atZone(ZoneOffset.UTC).toLocalDate();
    }

    private void rsaKey(ServiceKey key) {
        RsaKey rsa = key.key();
        int bits = rsa.modulus().bitLength();
        add(
                bits >= RSA_BITS_MIN,
                "key " + key.id() + ", epoch " + key.epoch() + ", has " + bits + " bits"
                        + (bits >= RSA_BITS_MIN ? "" : ", which is too short"));
        add(
                rsa.isConsistent(),
                "key " + key.id() + ": its " + rsa.verificationKeys().size() + " verification keys v_l and "
                        + rsa.commitments().size() + " commitments "
                        + (rsa.isConsistent() ? "are" : "are not")
                        + " those of one sharing of the exponent of its modulus");
        boolean same = key.certificate().getPublicKey() instanceof RSAPublicKey certified
                && certified.getModulus().equals(rsa.modulus());
        add(
                same && isFor(key),
                "key " + key.id() + ": its certificate is for this modulus and for "
                        + key.purpose().word() + " alone, and only service "
                        + key.purpose().service() + " may have it used");
    }

    private static boolean isFor(ServiceKey key) {
        try {
            List<String> purposes = key.certificate().getExtendedKeyUsage();
            return switch (key.purpose()) {
                case TIME_STAMP -> purposes != null && purposes.equals(List.of(TIME_STAMPING));
                // Of 0: it certifies servers, and nobody who certifies.
                case AUTHORITY -> key.certificate().getBasicConstraints() == 0;
                case EXCHANGE, OPENID -> purposes != null && purposes.equals(List.of(Certificates.DOCUMENT_SIGNING));
                case SIGNING ->
                    purposes != null
                            && (purposes.equals(List.of(CODE_SIGNING)) || purposes.equals(List.of(SERVER_AUTH)));
            };
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void curveKey(DiscreteLogKey key) {
        boolean consistent = key.isConsistent();
        add(
                consistent,
                "key " + key.keyId() + ", epoch " + key.epoch() + ": its "
                        + key.verificationKeys().size() + " verification keys V_l "
                        + (consistent ? "are" : "are not") + " those of one sharing of its secret");
    }

    private void madeKey(CurveKey kind) {
        add(
                true,
                "key " + kind.id() + " nobody dealt: the group makes it for itself, and a quorum certifies what it is"
                        + " (`maftia key export " + kind.id() + "`)");
    }

    private void gateways() {
        for (int i = 0; i < group.gateways().size(); i++) {
            Enrolment enrolment = group.enrolments().get(i);
            X509Certificate certificate = group.gateways().get(i);
            boolean own = Certificates.info(certificate.getPublicKey()).equals(enrolment.httpsKey());
            Set<String> named = hosts(certificate);
            boolean all = named.containsAll(enrolment.hosts());
            add(
                    own && all,
                    "the gateway of " + enrolment.id() + " has a certificate for "
                            + (own ? "the key that it enrolled" : "another key than it enrolled") + ", as "
                            + String.join(", ", named));
        }
    }

    private static Set<String> hosts(X509Certificate certificate) {
        Set<String> hosts = new TreeSet<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.getFirst() instanceof Integer kind && HOST_NAMES.contains(kind)) {
                    // Java writes an address of version 6 in full, people write it short.
                    String text = String.valueOf(name.get(1));
                    hosts.add(text.equals("0:0:0:0:0:0:0:1") ? "::1" : text);
                }
            }
        } catch (GeneralSecurityException e) {
            return Set.of();
        }
        return hosts;
    }

    /** What the ceremony writes into its record about a key. */
    static ObjectNode facts(KeyEntry key) {
        ObjectNode facts = CeremonyRecord.named(key.id())
                .put("epoch", key.epoch())
                .put("algorithm", key.algorithm())
                .put("purpose", key.purpose())
                .put("padding", key.padding());
        if (key.isMadeByGroup()) {
            return facts.put("madeBy", "group");
        }
        facts.put("publicKey", key.fingerprint());
        key.certificate()
                .ifPresent(certificate -> facts.put(
                        "certificate",
                        Transcript.sha256(Certificates.encode(certificate)).toString()));
        return facts;
    }

    /**
     * Compares the record of the ceremony with the transcript, and with the sealed shares that still lie beside it.
     *
     * @param results directory of the ceremony's results
     */
    public void record(Path results) {
        Path file = results.resolve(CeremonyRecord.FILE);
        if (!Files.exists(file)) {
            return;
        }
        CeremonyRecord record;
        try {
            record = CeremonyRecord.read(file, group.root().getPublicKey());
        } catch (CeremonyException e) {
            add(false, String.valueOf(e.getMessage()));
            return;
        }
        List<String> times = record.times();
        add(
                true,
                "the record has " + record.size()
                        + " steps in an unbroken chain, signed by the root; by the clock of its"
                        + " host the ceremony went from " + String.join(" to ", times));
        record.facts(CeremonyRecord.BEGIN).forEach(this::officers);
        List<String> enrolled = new ArrayList<>();
        group.enrolments().forEach(enrolment -> enrolled.add(enrolment.id() + " " + enrolment.fingerprint()));
        compare(
                "the fingerprints of the replicas",
                enrolled,
                record.facts(CeremonyRecord.ENROLMENT).stream()
                        .map(fact -> JsonFields.text(fact, "id") + " " + JsonFields.text(fact, "fingerprint"))
                        .toList());
        compare(
                "the keys and certificates",
                group.catalogue().stream().map(key -> canonical(facts(key))).toList(),
                record.facts(CeremonyRecord.KEY).stream()
                        .map(KeyAudit::canonical)
                        .toList());
        compare("the root", List.of(sha256(group.root())), texts(record, CeremonyRecord.ROOT, "certificate"));
        compare(
                "the transcript's hash",
                List.of(group.digest().toString()),
                texts(record, CeremonyRecord.TRANSCRIPT, "sha256"));
        rehearsals(record);
        sealedShares(record, results);
    }

    private void officers(JsonNode begin) {
        if (begin.has("officers")) {
            add(
                    true,
                    "officers "
                            + String.join(
                                    ", ",
                                    JsonFields.texts(
                                            begin, "officers", group.ids().size() + 64))
                            + " were present; the root key opens for " + JsonFields.text(begin, "policy"));
        } else {
            String method = JsonFields.text(begin, "rootKeyOpensBy");
            add(
                    true,
                    "the root key opens by "
                            + CustodyMethod.of(method)
                                    .map(CustodyMethod::description)
                                    .orElse(method));
        }
    }

    private void compare(String what, List<String> expected, List<String> recorded) {
        boolean same = expected.equals(recorded);
        add(same, "record and transcript " + (same ? "agree on " : "differ in ") + what);
    }

    private static String canonical(JsonNode json) {
        return new String(CanonicalJson.encode(json), StandardCharsets.UTF_8);
    }

    private static List<String> texts(CeremonyRecord record, String step, String field) {
        return record.facts(step).stream()
                .map(fact -> JsonFields.text(fact, field))
                .toList();
    }

    private void rehearsals(CeremonyRecord record) {
        for (JsonNode fact : record.facts(CeremonyRecord.REHEARSAL)) {
            add(
                    true,
                    "by the record, key " + JsonFields.text(fact, "id") + " signed with "
                            + JsonFields.number(fact, "sets") + " minimal sets of shares before they left the host");
        }
    }

    private void sealedShares(CeremonyRecord record, Path results) {
        for (JsonNode fact : record.facts(CeremonyRecord.SHARES)) {
            String id = JsonFields.text(fact, "id");
            Path file = results.resolve(id + ".shares");
            if (Enrolment.ID.matcher(id).matches() && Files.exists(file)) {
                byte[] bytes = DurableFiles.read(file, SealedBytes.LENGTH_MAX, "see its rights");
                boolean same = Transcript.sha256(bytes).toString().equals(JsonFields.text(fact, "sha256"));
                add(same, id + ".shares " + (same ? "is" : "is not") + " the file that the record names");
            }
        }
    }

    private static String sha256(X509Certificate certificate) {
        return Transcript.sha256(Certificates.encode(certificate)).toString();
    }

    /**
     * Opens a replica's own shares and compares each with what the keys commit to.
     *
     * @param keysDirectory of the configuration whose transcript this is
     * @param power computes with the shares
     * @return false when nothing that opens them is at hand, so that nothing was checked
     */
    public boolean shares(Path keysDirectory, String id, Unlock unlock, ModularPower power) {
        if (!CustodyMethod.in(Custody.description(keysDirectory), keysDirectory).takes(unlock)) {
            return false;
        }
        compareShares(keysDirectory, id, unlock, power);
        return true;
    }

    private void compareShares(Path keysDirectory, String id, Unlock unlock, ModularPower power) {
        List<String> wrong = new ArrayList<>();
        int count = 0;
        int index = group.ids().indexOf(id);
        try (Custody custody = Custody.open(keysDirectory, unlock, new SecureRandom())) {
            for (ServiceKey key : group.keys()) {
                if (key.isSharedBy(index)) {
                    count++;
                    if (!matches(custody, key, index, power)) {
                        wrong.add(key.id());
                    }
                }
            }
            for (CurveKey kind : group.curveKeys()) {
                if (KeptKeys.renews(group, kind) && !kind.isIn(custody)) {
                    remarkIfNone(custody, id, kind);
                    continue; // the group has renewed it since, and says itself where it stands
                }
                count++;
                try {
                    kind.load(custody, group.key(kind), index).close();
                } catch (CeremonyException e) {
                    wrong.add(kind.id() + " (" + e.getMessage() + ")");
                }
            }
            group.madeKeys().keySet().forEach(kind -> remarkIfNone(custody, id, kind));
            if (group.function().isPresent()) {
                count++;
                try {
                    FunctionKey.load(custody, group.function().get(), index).close();
                } catch (CeremonyException e) {
                    wrong.add(FunctionKey.ID + " (" + e.getMessage() + ")");
                }
            }
        } catch (CeremonyException e) {
            add(false, "the shares of " + id + ": " + e.getMessage());
            return;
        }
        add(
                wrong.isEmpty(),
                "the shares of " + id + " of " + count + " keys "
                        + (wrong.isEmpty() ? "are those that the keys commit to" : "are wrong: " + wrong));
    }

    /** No error: whoever was left out of a renewal, or has no member of a later configuration beside it, is as it must be. */
    private void remarkIfNone(Custody custody, String id, CurveKey kind) {
        if (ShareKeeper.numbers(custody, kind.id()).isEmpty()) {
            remarks.add("there is no share of key " + kind.id() + " of " + id
                    + ": it waits for the group to make or renew the key, or a later configuration has it, or"
                    + " it is lost");
        }
    }

    private static boolean matches(Custody custody, ServiceKey key, int index, ModularPower power) {
        byte[] secret = custody.loadUnderDataKey(key.custodyName());
        try (RsaShares shares = RsaShares.CODEC.decode(secret)) {
            return shares.replica() == index && shares.match(key.key(), power);
        } catch (org.maftia.core.wire.MalformedException e) {
            return false;
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
