package org.maftia.wormhole.tpm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.certificate.BigEndian;

/** Responses of a TPM with bytes altered, cut off or put in between: an error with a sentence, and nothing else. */
class TpmFuzzTest {
    private static final int ROUNDS = 500;

    /** A command, and what uses its response. */
    @FunctionalInterface
    private interface Use {
        void of(Tpm tpm) throws IOException;
    }

    /** Keeps what the TPM answered last. */
    private static final class Recorder implements TpmTransport {
        private final TpmTransport transport;
        private byte[] last = new byte[0];

        private Recorder(TpmTransport transport) {
            this.transport = transport;
        }

        @Override
        public int exchange(byte[] command, int length, byte[] response) throws IOException {
            int answered = transport.exchange(command, length, response);
            last = Arrays.copyOf(response, answered);
            return answered;
        }

        @Override
        public void close() throws IOException {
            transport.close();
        }
    }

    /** Answers everything with the same bytes. */
    private record Player(List<Byte> answer) implements TpmTransport {
        @Override
        public int exchange(byte[] command, int length, byte[] response) {
            for (int i = 0; i < answer.size(); i++) {
                response[i] = answer.get(i);
            }
            return answer.size();
        }

        @Override
        public void close() {}
    }

    private static List<Byte> altered(byte[] answer, SplittableRandom random) {
        List<Byte> bytes = new ArrayList<>();
        for (byte each : answer) {
            bytes.add(each);
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(TpmTransport.HEADER_LENGTH, bytes.size() + 1);
            switch (random.nextInt(4)) {
                case 0 -> bytes.subList(at, bytes.size()).clear();
                case 1 -> bytes.add(at, (byte) random.nextInt());
                default -> {
                    if (at < bytes.size()) {
                        bytes.set(at, (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(2) * 0xff));
                    }
                }
            }
        }
        byte[] length = new byte[4];
        BigEndian.u32(length, 0, bytes.size());
        for (int i = 0; i < 4; i++) {
            bytes.set(2 + i, length[i]);
        }
        return bytes;
    }

    @Test
    void noResponseDoesMoreThanFail() throws IOException {
        assumeTrue(Swtpm.isInstalled(), "swtpm is not installed");
        try (Swtpm machine = Swtpm.start()) {
            Recorder recorder = new Recorder(machine.transport());
            Tpm tpm = new Tpm(recorder);
            Tpm.LoadedKey key = tpm.attestationKey();
            byte[] made = recorder.last;
            play(made, Tpm::attestationKey);
            tpm.define(NvCounter.STARTS);
            tpm.increment(NvCounter.STARTS);
            List<Use> uses = List.of(
                    each -> each.read(NvCounter.STARTS),
                    each -> each.publicArea(NvCounter.STARTS),
                    each -> each.certify(key, NvCounter.STARTS, new byte[32]),
                    each -> each.quote(key, new byte[0], 1 << 15),
                    each -> each.register(15),
                    each -> each.property(0x105),
                    each -> each.random(new byte[32]));
            for (Use use : uses) {
                use.of(tpm);
                play(recorder.last, use);
            }
        }
    }

    private static void play(byte[] answer, Use use) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Tpm tpm = new Tpm(new Player(altered(answer, new SplittableRandom(seed))));
            try {
                use.of(tpm);
            } catch (IOException e) {
                continue; // as it should; anything else ends the test
            }
        }
    }
}
