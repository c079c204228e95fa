package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/**
 * What a ceremony says that it did, step by step: who was there, whose enrolments it took, what it made, and when by the
 * clock of its host. Each step holds the hash of the one before, and the root signs the last, so that nobody adds, drops or
 * alters one later. Nothing in it is secret. It proves what was said, not that the host was honest; what of it can be
 * checked against keys, certificates and commitments {@link KeyAudit} checks.
 */
final class CeremonyRecord {
    /** Its name wherever it lies. */
    static final String FILE = "record.json";

    static final String BEGIN = "begin";
    static final String ENROLMENT = "enrolment";
    static final String CLIENT = "client";
    static final String ROOT = "root";
    static final String KEY = "key";
    static final String REHEARSAL = "rehearsal";
    static final String SHARES = "shares";
    static final String TRANSCRIPT = "transcript";

    private static final int VERSION = 1;

    /** Some steps for each of 64 replicas, 1024 clients and 64 keys, a kilobyte each. */
    private static final int LENGTH_MAX = 4 << 20;

    private static final int STEPS_MAX = 4096;
    private static final String HINT = "take the record anew from the results of the ceremony";

    private final List<ObjectNode> steps = new ArrayList<>();
    private Digest last = Digest.ZERO;

    /** Writes a step down, now. */
    void add(String what, ObjectNode facts) {
        ObjectNode step = CanonicalJson.object()
                .put("step", what)
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("previous", last.toString());
        step.set("facts", facts);
        last = hash(step);
        step.put("hash", last.toString());
        steps.add(step);
    }

    /**
     * Begins the record of a ceremony.
     *
     * @param directory with the root's key, sealed
     * @param present what that opened with
     */
    static CeremonyRecord begin(CeremonyPlan plan, Path directory, Unlock present) {
        JsonNode custody = Custody.description(directory);
        CeremonyRecord record = new CeremonyRecord();
        ObjectNode facts = CanonicalJson.object()
                .put("group", plan.name())
                .put("rsaBits", plan.rsaBits())
                .put(
                        "description",
                        Transcript.sha256(plan.description().getBytes(StandardCharsets.UTF_8))
                                .toString());
        CustodyMethod method = CustodyMethod.in(custody, directory);
        facts.put("rootKeyOpensBy", method.word());
        if (present instanceof Unlock.Officers officers) {
            ArrayNode names = facts.putArray("officers");
            officers.names().forEach(names::add);
            facts.put("policy", OfficersSecret.policy(custody));
        }
        record.add(BEGIN, facts);
        for (Enrolment enrolment : plan.enrolments()) {
            record.add(ENROLMENT, named(enrolment.id()).put("fingerprint", enrolment.fingerprint()));
        }
        for (ClientKeys.Request request : plan.clients()) {
            record.add(CLIENT, named(request.name()).put("fingerprint", request.fingerprint()));
        }
        return record;
    }

    static ObjectNode named(String id) {
        return CanonicalJson.object().put("id", id);
    }

    /** Signs the record and writes it. */
    void finish(Path directory, PrivateKey rootKey) {
        ObjectNode json = CanonicalJson.object().put("version", VERSION);
        ArrayNode list = json.putArray("steps");
        steps.forEach(list::add);
        json.put("signature", Base64.getEncoder().encodeToString(sign(rootKey, statement(last))));
        DurableFiles.write(directory.resolve(FILE), CanonicalJson.encode(json), DurableFiles.Access.ALL);
    }

    /**
     * Reads a record and checks the chain of its steps and the root's signature.
     *
     * @throws CeremonyException when it is damaged, or is not the root's
     */
    static CeremonyRecord read(Path file, PublicKey root) {
        JsonNode json = CanonicalJson.decode(DurableFiles.read(file, LENGTH_MAX, HINT), file.toString(), HINT);
        if (JsonFields.number(json, "version") != VERSION) {
            throw new CeremonyException("the record has an unknown version", "use a newer Maftia");
        }
        CeremonyRecord record = new CeremonyRecord();
        for (JsonNode node : JsonFields.list(json, "steps", STEPS_MAX)) {
            if (!(node instanceof ObjectNode stated)) {
                throw new CeremonyException("a step of the record is no object", HINT);
            }
            ObjectNode step = stated.deepCopy();
            step.remove("hash");
            Digest hash = hash(step);
            if (!JsonFields.text(step, "previous").equals(record.last.toString())
                    || !JsonFields.text(stated, "hash").equals(hash.toString())) {
                throw new CeremonyException(
                        "step " + (record.steps.size() + 1) + " of the record was altered, or one before it is missing",
                        HINT);
            }
            record.last = hash;
            record.steps.add(stated);
        }
        if (!isSigned(root, statement(record.last), JsonFields.bytes(json, "signature", 1024))) {
            throw new CeremonyException("the record is not signed by the root of the group", HINT);
        }
        return record;
    }

    /** The facts of all steps of a kind, in their order. */
    List<JsonNode> facts(String what) {
        return steps.stream()
                .filter(step -> JsonFields.text(step, "step").equals(what))
                .map(step -> step.path("facts"))
                .toList();
    }

    /** When the ceremony began and ended, by the clock of its host. */
    List<String> times() {
        return steps.isEmpty()
                ? List.of()
                : List.of(JsonFields.text(steps.getFirst(), "at"), JsonFields.text(steps.getLast(), "at"));
    }

    int size() {
        return steps.size();
    }

    private static Digest hash(ObjectNode step) {
        return Transcript.of("ceremony step").field(CanonicalJson.encode(step)).digest();
    }

    /** No certificate starts so: the root signs nothing that could be taken for one. */
    private static byte[] statement(Digest last) {
        return ("maftia ceremony record " + last).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] sign(PrivateKey key, byte[] statement) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(statement);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a root signs", e);
        }
    }

    private static boolean isSigned(PublicKey key, byte[] statement, byte[] signed) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key);
            signature.update(statement);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
