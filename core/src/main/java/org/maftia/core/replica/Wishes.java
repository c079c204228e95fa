package org.maftia.core.replica;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What services have asked the group for and not got yet, and how it comes to them: signatures, drawn values, opened messages,
 * evaluations, observations. Part of the replicated state, and a function of the log.
 */
final class Wishes {
    /** A gateway waits no longer for a signature that is for it alone. */
    private static final long PRIVATE_MICROS = 30_000_000;

    /** A service that broke when its time had come hears of no time for so long: else the group would order slot on slot. */
    private static final long REST_MICROS = 60_000_000;

    /** A draw is for whoever waits for one. */
    private static final String NO_SERVICE = "";

    private final Genesis genesis;
    private final FaultStructure trust;
    private final OrderedCipher cipher;
    private final OrderedSigners signers;
    private final ServiceCalls effects;
    private final Place place;
    private final Refusals refusals = new Refusals();

    /** Agreed times before which services hear of none. */
    private final SortedMap<String, Long> resting = new TreeMap<>();

    private PendingSignatures signatures = new PendingSignatures();
    private PendingDraws draws = new PendingDraws();
    private PendingDecryptions decryptions = new PendingDecryptions();
    private PendingEvaluations evaluations = new PendingEvaluations();
    private PendingObservations observations = new PendingObservations();

    Wishes(Genesis genesis, KeyUses uses, KeyLedger ledger, FaultStructure trust, ServiceCalls effects, Place place) {
        this.genesis = genesis;
        this.trust = trust;
        this.cipher = new OrderedCipher(genesis, uses, ledger);
        this.signers = new OrderedSigners(genesis, ledger, trust.all());
        this.effects = effects;
        this.place = place;
    }

    /** Where the log is being executed. */
    interface Place {
        long slot();

        long timeMicros();

        /** The name of a request in this configuration; null: of a gateway that left. */
        @Nullable
        RequestId present(RequestId lasting);

        /** Gives the result of a request that was left open. */
        void finish(RequestId id, byte[] result);
    }

    PendingSignatures signatures() {
        return signatures;
    }

    PendingDecryptions decryptions() {
        return decryptions;
    }

    PendingEvaluations evaluations() {
        return evaluations;
    }

    PendingObservations observations() {
        return observations;
    }

    Refusals refusals() {
        return refusals;
    }

    /** What the group gives to a service. */
    Context of(String service) {
        return new ServiceContext(service);
    }

    private StateMachine service(String name) {
        return Invariant.present(genesis.services().get(name), "a service asked");
    }

    /** Where the service breaks at it, it never hears of it. */
    private boolean call(String name, BiConsumer<StateMachine, Context> news) {
        StateMachine service = service(name);
        return effects.make(name, () -> news.accept(service, of(name)));
    }

    void signed(int bringer, GroupCommand.Signed signed) {
        PendingSignatures.Wanted wanted = signatures.get(signed.number());
        if (wanted == null || wanted.recipient() != null) {
            return; // somebody else brought it first, or it is not for the log
        }
        if (!key(wanted.keyId()).verify(wanted.message(), signed.signature())) {
            effects.falseSignature(bringer);
            return;
        }
        ReplicaSet contributors = new ReplicaSet(signed.contributors());
        signatures.remove(signed.number(), signers.asked(signed.number(), wanted), contributors);
        effects.signatureDone(signed.number());
        switch (wanted.purpose()) {
            case SIGNATURE ->
                call(
                        wanted.service(),
                        (service, context) -> service.signed(wanted.reference(), signed.signature(), context));
            case DRAW -> drawn(signed.signature());
        }
    }

    private void drawn(byte[] signature) {
        List<PendingDraws.Draw> served = draws.take();
        for (int place = 0; place < served.size(); place++) {
            PendingDraws.Draw draw = served.get(place);
            byte[] random = Drawing.value(signature, place);
            call(draw.service(), (service, context) -> service.drawn(draw.reference(), random, context));
        }
    }

    /** The gateway of a replica has what was for it alone. */
    void taken(int replica, long number) {
        PendingSignatures.Wanted wanted = signatures.get(number);
        PendingSignatures.Recipient only = wanted == null ? null : wanted.recipient();
        if (only != null && only.id().client() == replica) {
            signatures.drop(number);
            effects.signatureDone(number);
        }
    }

    void opened(int bringer, GroupCommand.Opened opened) {
        PendingDecryptions.Wanted wanted = decryptions.get(opened.number());
        if (wanted == null) {
            return; // somebody else brought it first
        }
        if (!opened.shares().isEmpty() && opened.keyEpoch() < cipher.epoch()) {
            return; // the key was renewed meanwhile: there are new shares on their way
        }
        boolean ofMembers = opened.shares().isEmpty()
                || trust.all().contains(opened.shares().lastKey());
        PendingDecryptions.Found found = effects.found(opened.number(), cipher.epoch());
        PendingDecryptions.Opening opening = ofMembers ? wanted.open(cipher.present(), opened.shares(), found) : null;
        if (opening == null) {
            effects.falseShares(bringer);
            return;
        }
        decryptions.remove(opened.number());
        effects.decryptionDone(opened.number());
        call(wanted.service(), (service, context) -> service.decrypted(wanted.reference(), opening.message(), context));
    }

    void part(int replica, GroupCommand.Part part) {
        String keyId = evaluations.keyId(part.number());
        if (keyId == null) {
            return; // all have spoken, or so many others were done since that nobody looks any more
        }
        ObliviousFunction function = Invariant.present(genesis.evaluators().get(keyId), "the group has this function")
                .function();
        evaluations.part(part.number(), replica, part.part(), function).ifPresent(progress -> {
            progress.liars().forEach(liar -> effects.blame(liar, "says a false part of an evaluation"));
            byte[] element = progress.element();
            if (element != null) {
                PendingEvaluations.Wanted wanted = progress.wanted();
                call(wanted.service(), (service, context) -> service.evaluated(wanted.reference(), element, context));
            }
        });
    }

    void observed(int replica, GroupCommand.Observed observed) {
        observed.answers().forEach((number, answer) -> observed(replica, number, answer));
    }

    private void observed(int replica, long number, byte[] answer) {
        PendingObservations.Wanted wanted = observations.answer(number, replica, answer, place.timeMicros());
        if (wanted != null && tell(number, wanted, false)) {
            observations.remove(number);
        }
    }

    private boolean tell(long number, PendingObservations.Wanted wanted, boolean over) {
        Observations now = observations.observations(number, trust, over);
        String name = wanted.service();
        return effects.ask(name, () -> service(name).observed(wanted.reference(), now, of(name)));
    }

    /** After the requests of a slot, so that what they want is known when the time comes. */
    void tick() {
        for (long number : signatures.overdue(place.timeMicros())) {
            signatures.drop(number);
            effects.signatureDone(number);
        }
        for (long number : observations.due(place.timeMicros())) {
            tell(number, Invariant.present(observations.get(number), "due observations are there"), true);
            observations.remove(number);
        }
        genesis.services().forEach((name, service) -> {
            if (place.timeMicros() >= dueMicros(name, service) && !call(name, StateMachine::tick)) {
                resting.put(name, place.timeMicros() + REST_MICROS);
            }
        });
        // What waits may come from a configuration before, and this one may still be making its key.
        if (signers.verifying(Drawing.KEY_ID) != null && draws.begin()) {
            byte[] message = Drawing.message(place.slot(), signatures.next());
            want(NO_SERVICE, Drawing.KEY_ID, message, 0, PendingSignatures.Purpose.DRAW);
        }
    }

    private void want(String service, String keyId, byte[] message, long reference, PendingSignatures.Purpose purpose) {
        long number = signatures.add(service, keyId, message, reference, purpose);
        effects.signatureWanted(number, Invariant.present(signatures.get(number), "just added"));
    }

    /** The agreed time for which a service waits; the greatest number when none does. */
    long dueMicros() {
        long due = Math.min(observations.dueMicros(), signatures.dueMicros());
        for (var service : genesis.services().entrySet()) {
            due = Math.min(due, dueMicros(service.getKey(), service.getValue()));
        }
        return due;
    }

    private long dueMicros(String name, StateMachine service) {
        return Math.max(service.dueMicros(), resting.getOrDefault(name, 0L));
    }

    private ThresholdSignature key(String keyId) {
        return Invariant.present(signers.verifying(keyId), "the group has this key");
    }

    void write(Writer writer) {
        signatures.write(writer);
        draws.write(writer);
        decryptions.write(writer);
        evaluations.write(writer);
        observations.write(writer);
        writer.u32(resting.size());
        resting.forEach((name, micros) -> writer.string(name).u64(micros));
    }

    void read(Reader reader) {
        signatures = PendingSignatures.read(reader);
        draws = PendingDraws.read(reader);
        decryptions = PendingDecryptions.read(reader);
        evaluations = PendingEvaluations.read(reader);
        observations = PendingObservations.read(reader);
        resting.clear();
        for (long count = reader.u32(); count > 0; count--) {
            resting.put(reader.string(ServiceCall.NAME_LENGTH_MAX), reader.u64());
        }
    }

    /** The state is that of the configuration before: its members and keys are others. */
    void restart() {
        signatures.restart(genesis, signers);
        draws.restart(genesis, signers.isNamed(Drawing.KEY_ID));
        decryptions.restart(genesis);
        evaluations.restart(genesis);
        observations.restart(genesis);
        resting.clear();
    }

    /** What the group gives to one service. */
    private final class ServiceContext implements Context {
        private final String service;

        ServiceContext(String service) {
            this.service = service;
        }

        @Override
        public long timeMicros() {
            return place.timeMicros();
        }

        @Override
        public long index() {
            return place.slot();
        }

        @Override
        public boolean isMade(String keyId) {
            return signers.verifying(keyId) != null;
        }

        @Override
        public boolean sign(String keyId, byte[] message, long reference) {
            boolean granted = !keyId.equals(Drawing.KEY_ID) && genesis.grants().maySign(service, keyId);
            if (!signers.isNamed(keyId) || !granted) {
                refusals.refused(service, "have key " + keyId + " sign");
                return false;
            }
            if (!isMade(keyId)) {
                return false;
            }
            Invariant.check(key(keyId).accepts(message), "a service asks only for what its key signs");
            want(service, keyId, message, reference, PendingSignatures.Purpose.SIGNATURE);
            return true;
        }

        @Override
        public boolean signFor(RequestId command, String keyId, byte[] message) {
            RequestId id = command.client() < ReplicaSet.SIZE_MAX ? place.present(command) : null;
            boolean granted = !keyId.equals(Drawing.KEY_ID) && genesis.grants().maySign(service, keyId);
            if (!signers.isNamed(keyId) || !granted) {
                refusals.refused(service, "have key " + keyId + " sign");
                return false;
            }
            if (!isMade(keyId)) {
                return false;
            }
            Invariant.check(key(keyId).accepts(message), "a service asks only for what its key signs");
            if (id == null) {
                return false;
            }
            long untilMicros = place.timeMicros() + PRIVATE_MICROS;
            Long number = signatures.add(service, keyId, message, new PendingSignatures.Recipient(id, untilMicros));
            if (number == null) {
                return false;
            }
            effects.signatureWanted(number, Invariant.present(signatures.get(number), "just added"));
            return true;
        }

        @Override
        public boolean draw(long reference) {
            if (!signers.isNamed(Drawing.KEY_ID)) {
                refusals.refused(service, "draw");
                return false;
            }
            // Nobody is served before the key is there, so that whoever asks again and again fills nothing.
            if (!isMade(Drawing.KEY_ID)) {
                return false;
            }
            draws.add(service, reference);
            return true;
        }

        @Override
        public boolean decrypt(byte[] ciphertext, byte[] label, long reference) {
            if (!genesis.grants().mayOpen(service)) {
                refusals.refused(service, "have anything opened");
                return false;
            }
            if (!decryptions.hasRoom(ciphertext, label)) {
                return false;
            }
            long number = decryptions.add(service, ciphertext, label, reference);
            effects.decryptionWanted(number, Invariant.present(decryptions.get(number), "just added"));
            return true;
        }

        @Override
        public Asked evaluate(String keyId, byte[] user, byte[] blinded, long reference) {
            ObliviousFunction.Holder holder = genesis.evaluators().get(keyId);
            if (holder == null || !genesis.grants().mayEvaluate(service, keyId)) {
                refusals.refused(service, "have key " + keyId + " evaluate");
                return Asked.REFUSED;
            }
            if (user.length > ObliviousFunction.USER_LENGTH_MAX
                    || !holder.function().accepts(blinded)) {
                return Asked.MALFORMED;
            }
            if (!evaluations.hasRoom()) {
                return Asked.BUSY;
            }
            evaluations.add(new PendingEvaluations.Wanted(service, keyId, user.clone(), blinded.clone(), reference));
            return Asked.TAKEN;
        }

        @Override
        public Asked observe(byte[] question, long reference, long deadlineMicros) {
            long micros = deadlineMicros - place.timeMicros();
            if (question.length > QUESTION_LENGTH_MAX
                    || micros <= 0
                    || micros > PendingObservations.DURATION_MICROS_MAX) {
                return Asked.MALFORMED;
            }
            if (!observations.hasRoom()) {
                return Asked.BUSY;
            }
            observations.add(new PendingObservations.Wanted(service, question.clone(), deadlineMicros, reference));
            return Asked.TAKEN;
        }

        @Override
        public long record(int kind, byte[] body) {
            for (StateMachine other : genesis.services().values()) {
                if (other instanceof Recorder recorder) {
                    return recorder.record(service, kind, body, place.timeMicros());
                }
            }
            return -1;
        }

        @Override
        public void complete(RequestId id, byte[] result) {
            place.finish(id, result);
        }
    }
}
