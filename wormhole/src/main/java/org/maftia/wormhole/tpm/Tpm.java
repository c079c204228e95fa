package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.Attestation;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.SigningKey;

/**
 * The commands that we need of a TPM 2.0, each a method; part 3 of the specification gives the clause that is named.
 * Whatever the TPM answers beyond its bounds is an {@link IOException}, whatever it refuses a {@link TpmException}.
 */
public final class Tpm implements AutoCloseable {
    private static final int SHA256 = 0x000b;
    private static final int NULL = 0x0010;
    private static final int ECDSA = 0x0018;
    private static final int OWNER = 0x40000001;
    private static final int CLEAR = 0;

    private static final int STARTUP = 0x144;
    private static final int SHUTDOWN = 0x145;
    private static final int GET_CAPABILITY = 0x17a;
    private static final int GET_RANDOM = 0x17b;
    private static final int CREATE_PRIMARY = 0x131;
    private static final int FLUSH_CONTEXT = 0x165;
    private static final int NV_DEFINE_SPACE = 0x12a;
    private static final int NV_READ_PUBLIC = 0x169;
    private static final int NV_INCREMENT = 0x134;
    private static final int NV_READ = 0x14e;
    private static final int NV_CERTIFY = 0x184;
    private static final int PCR_READ = 0x17e;
    private static final int PCR_EXTEND = 0x182;
    private static final int QUOTE = 0x158;

    /** No structure of ours is longer than an attestation with its names. */
    private static final int STRUCTURE_MAX = 1_024;

    /** Random bytes of one command: TPMs give at most the length of their longest hash. */
    private static final int RANDOM_MAX = 32;

    private static final int TRIES = 12;

    private final TpmTransport transport;
    private final TpmCommand command = new TpmCommand();
    private final TpmReply reply = new TpmReply();

    public Tpm(TpmTransport transport) {
        this.transport = transport;
    }

    /** A signed attestation. */
    record Attested(byte[] attestation, byte[] signature) {}

    /** TPM2_Startup(CLEAR), clause 9.3; for a TPM that the kernel or its emulator has not started. */
    public void startup() throws IOException {
        command.begin(STARTUP).u16(CLEAR);
        try {
            run("TPM2_Startup");
        } catch (TpmException e) {
            if (e.code() != TpmErrors.INITIALIZE) { // it runs, which is what was wanted
                throw e;
            }
        }
    }

    /** TPM2_Shutdown(CLEAR), clause 9.4: what follows no other command counts as an orderly stop. */
    public void shutdown() throws IOException {
        command.begin(SHUTDOWN).u16(CLEAR);
        run("TPM2_Shutdown");
    }

    /** TPM2_GetCapability, clause 30.2: one of the TPM's fixed properties. */
    int property(int property) throws IOException {
        command.begin(GET_CAPABILITY).u32(6).u32(property).u32(1);
        run("TPM2_GetCapability");
        reply.u8(); // whether there are more
        if (reply.u32() != 6 || reply.u32() != 1 || reply.u32() != property) {
            throw new IOException("the TPM answers with another property than %x".formatted(property));
        }
        return reply.u32();
    }

    /** TPM2_GetRandom, clause 16.1. */
    void random(byte[] out) throws IOException {
        int at = 0;
        while (at < out.length) {
            int wanted = Math.min(RANDOM_MAX, out.length - at);
            command.begin(GET_RANDOM).u16(wanted);
            run("TPM2_GetRandom");
            byte[] part = reply.sized(wanted);
            if (part.length == 0) {
                throw new IOException("the TPM gives no random bytes");
            }
            System.arraycopy(part, 0, out, at, part.length);
            at += part.length;
        }
    }

    /**
     * TPM2_CreatePrimary, clause 24.1: makes the attestation key, which is the same at each time, and loads it.
     *
     * @throws IOException if its name is not that of the template, and so nobody could verify it
     */
    public LoadedKey attestationKey() throws IOException {
        byte[] template = AttestationKey.template();
        command.begin(CREATE_PRIMARY, 1, AttestationKey.HIERARCHY);
        command.u16(4).u16(0).u16(0); // no password, no data
        command.sized(template).u16(0).u32(0); // no outside data, no PCRs
        run("TPM2_CreatePrimary");
        int handle = reply.u32();
        reply.parameters();
        reply.u16(); // length of the public area
        byte[] fixed = reply.raw(template.length - 4);
        byte[] point = new byte[SigningKey.LENGTH];
        System.arraycopy(reply.number(), 0, point, 0, 32);
        System.arraycopy(reply.number(), 0, point, 32, 32);
        AttestationKey key = key(point);
        reply.sized(STRUCTURE_MAX); // creation data
        reply.sized(64); // its hash
        reply.u16(); // the ticket
        reply.u32();
        reply.sized(64);
        byte[] name = reply.sized(64);
        if (!Arrays.equals(fixed, Arrays.copyOf(template, fixed.length)) || !Arrays.equals(name, key.name())) {
            flush(handle);
            throw new IOException("the TPM has made another key than it was asked for");
        }
        return new LoadedKey(handle, key);
    }

    private static AttestationKey key(byte[] point) throws IOException {
        try {
            return new AttestationKey(SigningKey.of(point));
        } catch (MalformedCertificateException e) {
            throw new IOException("the TPM's key is no point of its curve", e);
        }
    }

    /** The attestation key, and where the TPM keeps it until it is flushed or reset. */
    public record LoadedKey(int handle, AttestationKey key) {}

    /** TPM2_FlushContext, clause 28.4. */
    public void flush(int handle) throws IOException {
        command.begin(FLUSH_CONTEXT).u32(handle);
        run("TPM2_FlushContext");
    }

    /** TPM2_NV_DefineSpace, clause 31.3; false if there is such an index already. */
    boolean define(NvCounter counter) throws IOException {
        command.begin(NV_DEFINE_SPACE, 1, OWNER).u16(0).sized(counter.publicArea(false));
        try {
            run("TPM2_NV_DefineSpace");
        } catch (TpmException e) {
            if (e.code() == TpmErrors.NV_DEFINED) {
                return false;
            }
            throw e;
        }
        return true;
    }

    /** TPM2_NV_ReadPublic, clause 31.6: what the index is; null if there is none. */
    byte @Nullable [] publicArea(NvCounter counter) throws IOException {
        command.begin(NV_READ_PUBLIC).u32(counter.index());
        try {
            run("TPM2_NV_ReadPublic");
        } catch (TpmException e) {
            if (e.is(TpmErrors.HANDLE)) {
                return null;
            }
            throw e;
        }
        return reply.sized(STRUCTURE_MAX);
    }

    /** TPM2_NV_Increment, clause 31.8. */
    void increment(NvCounter counter) throws IOException {
        command.begin(NV_INCREMENT, 1, counter.index(), counter.index());
        run("TPM2_NV_Increment");
    }

    /** TPM2_NV_Read, clause 31.13. */
    long read(NvCounter counter) throws IOException {
        command.begin(NV_READ, 1, counter.index(), counter.index()).u16(8).u16(0);
        run("TPM2_NV_Read");
        return BigEndian.u64(reply.parameters().exactly(8), 0);
    }

    /** TPM2_NV_Certify, clause 31.16. */
    Attested certify(LoadedKey key, NvCounter counter, byte[] extraData) throws IOException {
        command.begin(NV_CERTIFY, 2, key.handle(), counter.index(), counter.index());
        command.sized(extraData).u16(ECDSA).u16(SHA256).u16(8).u16(0);
        run("TPM2_NV_Certify");
        return attested();
    }

    /** TPM2_PCR_Read, clause 22.4: SHA-256's contents of one register. */
    byte[] register(int number) throws IOException {
        byte[] selection = new byte[10];
        Attestation.select(selection, 0, 1 << number);
        command.begin(PCR_READ).raw(selection);
        run("TPM2_PCR_Read");
        reply.u32(); // counts changes
        byte[] read = reply.raw(selection.length);
        if (!Arrays.equals(read, selection) || reply.u32() != 1) {
            throw new IOException("the TPM has no PCR " + number + " with SHA-256");
        }
        return reply.exactly(32);
    }

    /** TPM2_PCR_Extend, clause 22.2, of the bank of SHA-256. */
    void extend(int number, byte[] digest) throws IOException {
        command.begin(PCR_EXTEND, 1, number).u32(1).u16(SHA256).raw(digest);
        run("TPM2_PCR_Extend");
    }

    /** TPM2_Quote, clause 18.4, over the registers whose bits are set. */
    Attested quote(LoadedKey key, byte[] extraData, int registers) throws IOException {
        byte[] selection = new byte[10];
        Attestation.select(selection, 0, registers);
        command.begin(QUOTE, 1, key.handle()).sized(extraData).u16(NULL).raw(selection);
        run("TPM2_Quote");
        return attested();
    }

    private Attested attested() throws IOException {
        byte[] attestation = reply.parameters().sized(STRUCTURE_MAX);
        if (reply.u16() != ECDSA || reply.u16() != SHA256) {
            throw new IOException("the TPM signs with another algorithm than it was told");
        }
        byte[] signature = new byte[64];
        System.arraycopy(reply.number(), 0, signature, 0, 32);
        System.arraycopy(reply.number(), 0, signature, 32, 32);
        return new Attested(attestation, signature);
    }

    /** Sends the command; where the TPM asks to come again, does so, ever more slowly, for about four seconds. */
    private void run(String name) throws IOException {
        int length = command.end();
        for (int attempt = 1; ; attempt++) {
            int code = reply.begin(transport.exchange(command.bytes, length, reply.bytes));
            if (code == 0) {
                return;
            }
            if (!TpmErrors.passes(code) || attempt == TRIES) {
                throw new TpmException(name, code);
            }
            pause(1L << attempt);
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the TPM was busy", e);
        }
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
