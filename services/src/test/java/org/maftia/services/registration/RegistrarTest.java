package org.maftia.services.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.services.registration.TestRegistry.sealed;
import static org.maftia.services.registration.TestRegistry.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Digest;
import org.maftia.services.registration.Registration.Fault;
import org.maftia.services.registration.Registration.Standing;

class RegistrarTest {
    private static final byte[] CONTENT = text("the wheel");
    private static final Document DOCUMENT = Document.of("A wheel", "text/plain", CONTENT);

    private final TestRegistry registry = new TestRegistry();

    private void assertRejected(byte[] sealed, Fault fault) {
        registry.registered(sealed);
        registry.openAll();
        assertThat(registry.state(sealed).standing()).isEqualTo(new Standing.Rejected(fault));
    }

    @Test
    void thePlaceOfTheCiphertextIsTheRegistration() {
        byte[] sealed = sealed(DOCUMENT, 1);
        Registration placed = registry.registered(sealed);
        assertThat(placed)
                .isEqualTo(new Registration(
                        SealedDocument.id(sealed), 1, placed.slot(), registry.timeMicros, new Standing.Ordered()));
        registry.pass(7_000_000); // however long it takes to open it
        registry.openAll();
        assertThat(registry.state(sealed)).isEqualTo(placed.now(registry.standing(sealed)));
        Receipt receipt = registry.receipt(sealed);
        assertThat(receipt.description()).isEqualTo(Description.of(DOCUMENT));
        assertThat(receipt.description().contentLength()).hasValue(CONTENT.length);
        assertThat(receipt.timeSeconds()).isEqualTo(1_700_000_000L);
        assertThat(receipt.slot()).isEqualTo(placed.slot());
        assertThat(receipt.first()).isEqualTo(1);
        // Byte for byte what stands in the public record.
        assertThat(registry.recorded).containsExactly(receipt.payload());
        assertThat(registry.standing(sealed).entry()).isZero();
    }

    @Test
    void theSameCiphertextIsTheSameRegistrationWhoeverBringsItAndWhenever() {
        byte[] sealed = sealed(DOCUMENT, 1);
        Registration placed = registry.registered(sealed);
        assertThat(registry.register(3, sealed)).isEqualTo(new RegistrationAnswer.Known(placed));
        registry.openAll();
        Registration done = registry.state(sealed);
        assertThat(registry.register(3, sealed)).isEqualTo(new RegistrationAnswer.Known(done));
        assertThat(registry.recorded).hasSize(1);
    }

    @Test
    void aRepeatIsRegisteredAndNamesTheFirst() {
        byte[] first = sealed(DOCUMENT, 1);
        byte[] other = sealed(Document.of("", "", text("the lever")), 2);
        byte[] again = sealed(Document.ofDigest("Mine!", "", Transcript.sha256(CONTENT)), 3);
        for (byte[] sealed : List.of(first, other, again)) {
            registry.registered(sealed);
        }
        registry.openAll();
        assertThat(registry.receipt(again).first()).isEqualTo(1);
        assertThat(registry.receipt(again).description().contentLength()).isEmpty();
        assertThat(registry.receipt(other).first()).isEqualTo(2);
        RegistrationQuestion.Found found = registry.look(new RegistrationQuestion.ByContent(DOCUMENT.sha256()));
        assertThat(found.count()).isEqualTo(2);
        assertThat(found.earliest()).extracting(Registration::sequence).containsExactly(1L, 3L);
        assertThat(registry.look(new RegistrationQuestion.ByContent(Digest.ZERO))
                        .count())
                .isZero();
    }

    /** Who came first in the log is the first, in whatever order the group happens to open what both have sealed. */
    @Attack("registration: somebody else's document is registered before it")
    @Seeds(20)
    void theOrderOfOpeningDecidesNothing(long seed) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(sealed(Document.of("by " + i, "", text("invention " + i / 2)), 10 * seed + i));
            registry.registered(all.get(i));
        }
        SplittableRandom random = new SplittableRandom(seed);
        while (!registry.opening.isEmpty()) {
            List<Long> left = List.copyOf(registry.opening.keySet());
            registry.open(left.get(random.nextInt(left.size())));
            registry.handOver();
        }
        for (int i = 0; i < 6; i++) {
            Receipt receipt = registry.receipt(all.get(i));
            assertThat(receipt.sequence()).isEqualTo(i + 1L);
            assertThat(receipt.first()).isEqualTo(i / 2 * 2 + 1L);
            assertThat(registry.recorded.get(i)).isEqualTo(receipt.payload());
        }
    }

    @Attack("registration: a sealed document is altered, or copied under another reference")
    @Test
    void whatIsAlteredOrCopiedIsRefusedAndTheTrueOneStands() {
        byte[] sealed = sealed(DOCUMENT, 1);
        assertThat(SealedDocument.isSealed(sealed, TestRegistry.ADDRESSEE, TestRegistry.CIPHER))
                .isTrue();
        for (int i = 0; i < sealed.length; i += 7) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1; // the reference, both points, the proof, the payload, its tag
            assertThat(SealedDocument.isSealed(altered, TestRegistry.ADDRESSEE, TestRegistry.CIPHER))
                    .isFalse();
        }
        byte[] mauled = sealed.clone();
        mauled[sealed.length - 1] ^= 1;
        byte[] copy = sealed.clone();
        Arrays.fill(copy, 0, SealedDocument.REFERENCE_LENGTH, (byte) 9);
        byte[] longer = Arrays.copyOf(sealed, sealed.length + 1);
        for (byte[] bad : List.of(mauled, copy, longer)) {
            assertThat(SealedDocument.isSealed(bad, TestRegistry.ADDRESSEE, TestRegistry.CIPHER))
                    .isFalse();
            assertRejected(bad, Fault.UNREADABLE); // brought by a gateway that does not look
        }
        registry.registered(sealed);
        registry.openAll();
        assertThat(registry.receipt(sealed).first()).isEqualTo(4);
        assertThat(registry.recorded).hasSize(1);
    }

    @Attack("registration: a sealed document for another group, or under another key")
    @Test
    void whatIsMeantForOthersIsRefused() {
        Addressee group = new Addressee(Transcript.sha256(text("another")), "confidential");
        Addressee key = new Addressee(Digest.ZERO, "another");
        for (Addressee addressee : List.of(group, key)) {
            byte[] sealed = SealedDocument.seal(DOCUMENT, addressee, TestRegistry.CIPHER, new SeededEntropy(4));
            assertThat(SealedDocument.isSealed(sealed, TestRegistry.ADDRESSEE, TestRegistry.CIPHER))
                    .isFalse();
            assertRejected(sealed, Fault.UNREADABLE);
        }
    }

    private static byte[] hiding(byte[] message, int seed) {
        byte[] reference = new byte[SealedDocument.REFERENCE_LENGTH];
        reference[0] = (byte) seed;
        return SealedDocument.CODEC.encode(new SealedDocument(
                reference,
                TestRegistry.CIPHER.encrypt(
                        message, TestRegistry.ADDRESSEE.cipherLabel(reference), new SeededEntropy(seed))));
    }

    @Test
    void whatHidesNoDocumentOrOneWithAnotherContentIsRejected() {
        assertRejected(hiding(text("no document"), 1), Fault.NO_DOCUMENT);
        assertRejected(hiding(new byte[0], 2), Fault.NO_DOCUMENT);
        byte[] false1 = Document.CODEC.encode(DOCUMENT);
        false1[false1.length - 1] ^= 1;
        assertRejected(hiding(false1, 3), Fault.OTHER_CONTENT);
        byte[] line = Document.CODEC.encode(Document.ofDigest("AB", "", Digest.ZERO));
        line[3] = '\n';
        assertRejected(hiding(line, 4), Fault.NO_DOCUMENT);
        assertThat(registry.recorded).isEmpty();
        assertThat(registry.certify(SealedDocument.id(hiding(text("no document"), 1))))
                .isInstanceOf(RegistrationAnswer.Known.class);
    }

    @Test
    void whileTheRecordIsFullRegistrationsWaitInTheirOrder() {
        registry.isRecordFull = true;
        byte[] one = sealed(DOCUMENT, 1);
        byte[] two = sealed(DOCUMENT, 2);
        registry.registered(one);
        registry.registered(two);
        registry.openAll();
        assertThat(registry.state(one).standing()).isEqualTo(new Standing.Ordered());
        registry.handOver();
        registry.pass(1_000_000);
        assertThat(registry.state(one).standing()).isEqualTo(new Standing.Ordered());
        registry.isRecordFull = false;
        registry.pass(1_000_000);
        assertThat(registry.receipt(one).first()).isEqualTo(1);
        assertThat(registry.receipt(two).first()).isEqualTo(1);
        assertThat(registry.recorded).hasSize(2);
    }

    @Attack("client flood")
    @Test
    void whoFloodsOneGatewayTakesNoRoomFromOthers() {
        int taken = 0;
        while (registry.register(1, sealed(DOCUMENT, taken)) instanceof RegistrationAnswer.Known) {
            taken++;
        }
        assertThat(taken).isEqualTo(Registrar.WAITING_PER_CLIENT_MAX);
        assertThat(registry.register(2, sealed(DOCUMENT, 1_000))).isInstanceOf(RegistrationAnswer.Known.class);
        registry.openAll();
        assertThat(registry.register(1, sealed(DOCUMENT, 2_000))).isInstanceOf(RegistrationAnswer.Known.class);
        // Long ones take the bytes before the count.
        Document large = Document.of("", "", new byte[Document.CONTENT_LENGTH_MAX]);
        for (int i = 0; i < Registrar.WAITING_BYTES_PER_CLIENT_MAX / Document.CONTENT_LENGTH_MAX - 1; i++) {
            assertThat(registry.register(3, sealed(large, 3_000 + i))).isInstanceOf(RegistrationAnswer.Known.class);
        }
        assertThat(registry.register(3, sealed(large, 4_000))).isInstanceOf(RegistrationAnswer.Busy.class);
        registry.isBusy = true;
        Digest before = registry.root();
        assertThat(registry.register(4, sealed(DOCUMENT, 5_000))).isInstanceOf(RegistrationAnswer.Busy.class);
        assertThat(registry.certify(SealedDocument.id(sealed(DOCUMENT, 1))))
                .isInstanceOf(RegistrationAnswer.Busy.class);
        assertThat(registry.root()).isEqualTo(before);
    }

    @Test
    void theOldestIsForgottenAndTheReceiptSaysHowFarBackTheGroupRemembers() {
        TestRegistry small = new TestRegistry(2_000);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(sealed(Document.of("", "", text(Integer.toString(i % 20))), i));
            small.registered(all.get(i));
            small.openAll();
        }
        assertThat(small.certify(SealedDocument.id(all.getFirst()))).isInstanceOf(RegistrationAnswer.Unknown.class);
        Receipt last = small.receipt(all.getLast());
        assertThat(last.since()).isGreaterThan(10);
        assertThat(last.first()).as("the first of them is forgotten").isEqualTo(30);
        assertThat(small.look(new RegistrationQuestion.ByContent(Transcript.sha256(text("12"))))
                        .count())
                .isZero();
        assertThat(small.snapshot().length).isLessThan(3_000);
        small.handOver();
        assertThat(small.receipt(all.getLast())).isEqualTo(last);
        // What is forgotten is registered anew by who brings it again: at its new place, with another receipt.
        assertThat(small.registered(all.getFirst()).sequence()).isEqualTo(31);
    }

    @Attack("hostile bytes")
    @Seeds(50)
    void operationsThatNoGatewayMakesChangeNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        Digest before = registry.root();
        if (bytes.length > 0) {
            bytes[0] = (byte) random.nextInt(4);
        }
        RegistrationAnswer answer = registry.give(0, bytes);
        assertThat(answer).isInstanceOfAny(RegistrationAnswer.Malformed.class, RegistrationAnswer.Unknown.class);
        assertThat(registry.register(0, new byte[random.nextInt(17)])).isInstanceOf(RegistrationAnswer.Malformed.class);
        assertThat(registry.root()).isEqualTo(before);
        assertThat(registry.peek(bytes)).isNull();
    }
}
