package org.maftia.wormhole.card.applet;

import javacard.framework.APDU;
import javacard.framework.Applet;
import javacard.framework.ISO7816;
import javacard.framework.ISOException;
import javacard.framework.JCSystem;
import javacard.framework.Util;
import javacard.security.ECPublicKey;
import javacard.security.KeyPair;
import javacard.security.PrivateKey;
import javacard.security.RandomData;
import javacard.security.Signature;

/**
 * Unique sequential identifiers from a card: see {@link CardCommands} for what it is told and what it answers.
 *
 * <p>The random numbers are those of Java Card 2.2, deprecated in a version that few cards have.
 */
@SuppressWarnings("deprecation")
public class UsigApplet extends Applet implements CardCommands {
    private static final byte[] MAGIC = {0x4d, 0x54, 0x43, 0x42, 1}; // "MTCB", version 1
    private static final byte KIND_UI = 1;
    private static final byte KIND_FENCE = 2;
    private static final byte KIND_COUNTERS = 4;
    private static final byte KIND_EPOCH = 9;

    private static final short NUMBER = CardStream.NUMBER;
    private static final short DIGEST = CardStream.DIGEST;
    private static final short NAME_LENGTH = 26;
    private static final short POINT = 64;
    private static final short ALL_COUNTERS = 16 * NUMBER;
    private static final short BUFFER_LENGTH = 256;

    /** 1 once the card is set up, then group 16, ttcb u16, epoch u64. */
    private final byte[] name;

    private final byte[] points;

    /** Length, then the signature of the EPOCH certificate. */
    private final byte[] evidence;

    private final CardStream[] streams;
    private final KeyPair identity;
    private final KeyPair signing;
    private final Signature signature;
    private final RandomData random;

    /** Statements are put together here; gone with the power. */
    private final byte[] work;

    /** Signatures come here first. */
    private final byte[] tag;

    @SuppressWarnings("this-escape")
    protected UsigApplet() {
        name = new byte[1 + NAME_LENGTH];
        points = new byte[2 * (1 + POINT)];
        evidence = new byte[1 + SIGNATURE_MAX];
        streams = new CardStream[STREAMS];
        for (short i = 0; i < STREAMS; i++) {
            streams[i] = new CardStream(this);
        }
        identity = CardCurve.pair();
        signing = CardCurve.pair();
        signature = Signature.getInstance(Signature.ALG_ECDSA_SHA_256, false);
        random = RandomData.getInstance(RandomData.ALG_SECURE_RANDOM);
        work = JCSystem.makeTransientByteArray(BUFFER_LENGTH, JCSystem.CLEAR_ON_DESELECT);
        tag = JCSystem.makeTransientByteArray((short) (1 + SIGNATURE_MAX), JCSystem.CLEAR_ON_DESELECT);
    }

    /** Called by the card when the applet is installed. */
    public static void install(byte[] parameters, short offset, byte length) {
        new UsigApplet().register();
    }

    /** What certificates are signed with. */
    protected PrivateKey sealingKey() {
        return signing.getPrivate();
    }

    /** Memory for what must survive. */
    protected byte[] durable(short length) {
        return new byte[length];
    }

    @Override
    public void process(APDU apdu) {
        if (selectingApplet()) {
            return;
        }
        byte[] buffer = apdu.getBuffer();
        if (buffer[ISO7816.OFFSET_CLA] != CLASS) {
            ISOException.throwIt(ISO7816.SW_CLA_NOT_SUPPORTED);
        }
        byte command = buffer[ISO7816.OFFSET_INS];
        short length = 0;
        if (command != IDENTITY && command != RANDOM) {
            length = apdu.setIncomingAndReceive();
        }
        if (command != SETUP && name[0] == 0) {
            ISOException.throwIt(ISO7816.SW_CONDITIONS_NOT_SATISFIED);
        }
        short answered = answer(command, buffer, length);
        apdu.setOutgoingAndSend((short) 0, answered);
    }

    /** Writes the answer at the beginning of the buffer; gives its length. */
    private short answer(byte command, byte[] buffer, short length) {
        switch (command) {
            case SETUP:
                need(length, NAME_LENGTH);
                return setup(buffer);
            case IDENTITY:
                return identity(buffer);
            case UI:
                need(length, (short) (5 + DIGEST));
                return createUi(buffer);
            case RAISE:
                need(length, (short) (5 + NUMBER + DIGEST));
                return raise(buffer);
            case LAST_UI:
                need(length, (short) 5);
                return lastUi(buffer);
            case LAST_FENCE:
                need(length, (short) 5);
                return lastFence(buffer);
            case COUNTERS:
                need(length, (short) (4 + DIGEST));
                return counters(buffer);
            case RANDOM:
                return random(buffer);
            default:
                ISOException.throwIt(ISO7816.SW_INS_NOT_SUPPORTED);
                return 0;
        }
    }

    private static void need(short length, short expected) {
        if (length != expected) {
            ISOException.throwIt(ISO7816.SW_WRONG_LENGTH);
        }
    }

    /** Whether the card may be set up: once only. */
    protected boolean mayBeSetUp() {
        return name[0] == 0;
    }

    private short setup(byte[] buffer) {
        if (!mayBeSetUp()) {
            ISOException.throwIt(ISO7816.SW_CONDITIONS_NOT_SATISFIED);
        }
        Util.arrayCopyNonAtomic(buffer, ISO7816.OFFSET_CDATA, name, (short) 1, NAME_LENGTH);
        identity.genKeyPair();
        signing.genKeyPair();
        ((ECPublicKey) identity.getPublic()).getW(points, (short) 0);
        ((ECPublicKey) signing.getPublic()).getW(points, (short) (1 + POINT));
        short at = header(KIND_EPOCH, buffer, (short) -1);
        at = Util.arrayFillNonAtomic(work, at, NUMBER, (byte) 0); // no epoch before
        at = Util.arrayCopyNonAtomic(points, (short) (2 + POINT), work, at, POINT);
        at = Util.arrayFillNonAtomic(work, at, DIGEST, (byte) 0); // no key of agreement
        signature.init(identity.getPrivate(), Signature.MODE_SIGN);
        evidence[0] = (byte) signature.sign(work, (short) 0, at, evidence, (short) 1);
        name[0] = 1; // the last thing: a card that was torn out before is set up again
        return 0;
    }

    private short identity(byte[] buffer) {
        short at = Util.arrayCopyNonAtomic(name, (short) 1, buffer, (short) 0, NAME_LENGTH);
        at = Util.arrayCopyNonAtomic(points, (short) 1, buffer, at, POINT);
        at = Util.arrayCopyNonAtomic(points, (short) (2 + POINT), buffer, at, POINT);
        return Util.arrayCopyNonAtomic(evidence, (short) 1, buffer, at, evidence[0]);
    }

    /** Begins a statement; the protocol stands in the buffer, or is 0. */
    private short header(byte kind, byte[] buffer, short protocolAt) {
        short at = Util.arrayCopyNonAtomic(MAGIC, (short) 0, work, (short) 0, (short) MAGIC.length);
        work[at++] = kind;
        at = Util.arrayCopyNonAtomic(name, (short) 1, work, at, (short) 16);
        at = protocolAt < 0
                ? Util.arrayFillNonAtomic(work, at, (short) 4, (byte) 0)
                : Util.arrayCopyNonAtomic(buffer, protocolAt, work, at, (short) 4);
        return Util.arrayCopyNonAtomic(name, (short) 17, work, at, (short) 10);
    }

    /** The stream's number, or that of a free place, or -1. */
    private short stream(byte[] buffer, boolean orFree) {
        for (short i = 0; i < STREAMS; i++) {
            byte[] protocol = streams[i].protocol;
            if (protocol[0] == 0) {
                return orFree ? i : -1; // places are taken in their order
            }
            if (Util.arrayCompare(protocol, (short) 1, buffer, ISO7816.OFFSET_CDATA, (short) 4) == 0) {
                return i;
            }
        }
        if (orFree) {
            ISOException.throwIt(TOO_MANY_STREAMS);
        }
        return -1;
    }

    private static short lane(byte[] buffer) {
        short lane = buffer[ISO7816.OFFSET_CDATA + 4];
        if (lane < 0 || lane >= LANES) {
            ISOException.throwIt(NO_SUCH_LANE);
        }
        return lane;
    }

    private static short mark(byte[] buffer) {
        short mark = buffer[ISO7816.OFFSET_CDATA + 4];
        if (mark != 1 && mark != 2) {
            ISOException.throwIt(ISO7816.SW_WRONG_DATA);
        }
        return (short) (mark - 1);
    }

    private short createUi(byte[] buffer) {
        short lane = lane(buffer);
        short digestAt = (short) (ISO7816.OFFSET_CDATA + 5);
        CardStream stream = streams[stream(buffer, true)];
        short at = header(KIND_UI, buffer, ISO7816.OFFSET_CDATA);
        Util.setShort(work, at, (short) 0);
        Util.setShort(work, (short) (at + 2), lane);
        short counterAt = (short) (at + 4);
        Util.arrayCopyNonAtomic(stream.counters, (short) (lane * NUMBER), work, counterAt, NUMBER);
        if (!increment(work, counterAt)) {
            ISOException.throwIt(EXHAUSTED);
        }
        at = Util.arrayCopyNonAtomic(stream.marks, (short) 0, work, (short) (counterAt + NUMBER), (short) (2 * NUMBER));
        at = Util.arrayCopyNonAtomic(buffer, digestAt, work, at, DIGEST);
        JCSystem.beginTransaction();
        take(stream, buffer);
        short record = (short) (lane * CardStream.UI_LENGTH);
        short content = (short) (3 * NUMBER + DIGEST);
        Util.arrayCopy(work, counterAt, stream.uis, record, content); // the intent
        Util.arrayCopy(work, counterAt, stream.counters, (short) (lane * NUMBER), NUMBER);
        seal(at, stream.uis, (short) (record + content));
        JCSystem.commitTransaction();
        at = Util.arrayCopyNonAtomic(work, counterAt, buffer, (short) 0, (short) (3 * NUMBER));
        return Util.arrayCopyNonAtomic(tag, (short) 1, buffer, at, tag[0]);
    }

    private short raise(byte[] buffer) {
        short mark = mark(buffer);
        short valueAt = (short) (ISO7816.OFFSET_CDATA + 5);
        CardStream stream = streams[stream(buffer, true)];
        if (buffer[valueAt] < 0
                || Util.arrayCompare(buffer, valueAt, stream.marks, (short) (mark * NUMBER), NUMBER) <= 0) {
            ISOException.throwIt(MARK_NOT_HIGHER);
        }
        short at = header(KIND_FENCE, buffer, ISO7816.OFFSET_CDATA);
        work[at++] = (byte) (mark + 1);
        short marksAt = at;
        at = Util.arrayCopyNonAtomic(stream.marks, (short) 0, work, at, (short) (2 * NUMBER));
        Util.arrayCopyNonAtomic(buffer, valueAt, work, (short) (marksAt + mark * NUMBER), NUMBER);
        short countersAt = at;
        at = counters(stream, at);
        short digestAt = at;
        at = Util.arrayCopyNonAtomic(buffer, (short) (valueAt + NUMBER), work, at, DIGEST);
        short record = (short) (mark * CardStream.FENCE_LENGTH);
        JCSystem.beginTransaction();
        take(stream, buffer);
        short to = Util.arrayCopy(work, marksAt, stream.fences, record, (short) (2 * NUMBER));
        to = Util.arrayCopy(work, countersAt, stream.fences, to, (short) (LANES * NUMBER));
        to = Util.arrayCopy(work, digestAt, stream.fences, to, DIGEST);
        Util.arrayCopy(work, marksAt, stream.marks, (short) 0, (short) (2 * NUMBER));
        seal(at, stream.fences, to);
        JCSystem.commitTransaction();
        at = Util.arrayCopyNonAtomic(work, marksAt, buffer, (short) 0, (short) (2 * NUMBER));
        at = Util.arrayCopyNonAtomic(work, countersAt, buffer, at, (short) (LANES * NUMBER));
        return Util.arrayCopyNonAtomic(tag, (short) 1, buffer, at, tag[0]);
    }

    /** Writes 16 counters, of which the card has the first few. */
    private short counters(CardStream stream, short at) {
        Util.arrayFillNonAtomic(work, at, ALL_COUNTERS, (byte) 0);
        Util.arrayCopyNonAtomic(stream.counters, (short) 0, work, at, (short) (LANES * NUMBER));
        return (short) (at + ALL_COUNTERS);
    }

    /** Puts the stream in its place, if it is new. */
    private static void take(CardStream stream, byte[] buffer) {
        if (stream.protocol[0] == 0) {
            Util.arrayCopy(buffer, ISO7816.OFFSET_CDATA, stream.protocol, (short) 1, (short) 4);
            stream.protocol[0] = 1;
        }
    }

    /** Signs the statement, and writes length and signature where they survive. */
    private void seal(short length, byte[] record, short at) {
        sign(length);
        record[at] = tag[0];
        Util.arrayCopy(tag, (short) 1, record, (short) (at + 1), tag[0]);
    }

    private void sign(short length) {
        signature.init(sealingKey(), Signature.MODE_SIGN);
        tag[0] = (byte) signature.sign(work, (short) 0, length, tag, (short) 1);
    }

    private short lastUi(byte[] buffer) {
        short lane = lane(buffer);
        short number = stream(buffer, false);
        if (number < 0) {
            return 0;
        }
        return last(streams[number].uis, (short) (lane * CardStream.UI_LENGTH), CardStream.UI_LENGTH, buffer);
    }

    private short lastFence(byte[] buffer) {
        short mark = mark(buffer);
        short number = stream(buffer, false);
        if (number < 0) {
            return 0;
        }
        return last(streams[number].fences, (short) (mark * CardStream.FENCE_LENGTH), CardStream.FENCE_LENGTH, buffer);
    }

    /** A record without the length of its signature; nothing if it was never written. */
    private static short last(byte[] records, short record, short length, byte[] buffer) {
        short content = (short) (length - 1 - SIGNATURE_MAX);
        byte signed = records[(short) (record + content)];
        if (signed == 0) {
            return 0;
        }
        short at = Util.arrayCopyNonAtomic(records, record, buffer, (short) 0, content);
        return Util.arrayCopyNonAtomic(records, (short) (record + content + 1), buffer, at, signed);
    }

    private short counters(byte[] buffer) {
        short number = stream(buffer, false);
        short at = header(KIND_COUNTERS, buffer, ISO7816.OFFSET_CDATA);
        at = Util.arrayCopyNonAtomic(buffer, (short) (ISO7816.OFFSET_CDATA + 4), work, at, DIGEST);
        short marksAt = at;
        if (number < 0) {
            at = Util.arrayFillNonAtomic(work, at, (short) (2 * NUMBER + ALL_COUNTERS), (byte) 0);
        } else {
            at = Util.arrayCopyNonAtomic(streams[number].marks, (short) 0, work, at, (short) (2 * NUMBER));
            at = counters(streams[number], at);
        }
        sign(at);
        at = Util.arrayCopyNonAtomic(work, marksAt, buffer, (short) 0, (short) ((2 + LANES) * NUMBER));
        return Util.arrayCopyNonAtomic(tag, (short) 1, buffer, at, tag[0]);
    }

    private short random(byte[] buffer) {
        short count = buffer[ISO7816.OFFSET_P2];
        if (count < 1 || count > RANDOM_MAX) {
            ISOException.throwIt(ISO7816.SW_WRONG_P1P2);
        }
        random.generateData(buffer, (short) 0, count);
        return count;
    }

    /** Adds one to 8 bytes; false at the end of positive numbers. */
    private static boolean increment(byte[] bytes, short at) {
        for (short i = (short) (at + NUMBER - 1); i >= at; i--) {
            bytes[i]++;
            if (bytes[i] != 0) {
                return bytes[at] >= 0;
            }
        }
        return false;
    }
}
