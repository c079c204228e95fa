package org.maftia.wormhole.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.conformance.ConformanceKit;
import org.maftia.wormhole.conformance.Fixture;
import org.maftia.wormhole.tpm.Swtpm;

/** The kit over processes whose starts a TPM of software counts; both live on one machine. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the process back end needs Linux")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TpmProcessConformanceTest extends ConformanceKit {
    private Swtpm machine;
    private ProcessFixture fixture;

    @BeforeAll
    void start() throws IOException {
        assumeTrue(Swtpm.isInstalled(), "swtpm is not installed");
        machine = Swtpm.start();
        machine.transport().close(); // it listens
        fixture = new ProcessFixture(TagProfile.HMAC, false, "tpm=" + machine.place());
    }

    @AfterAll
    void end() throws IOException {
        if (fixture != null) {
            fixture.end();
        }
        if (machine != null) {
            machine.close();
        }
    }

    @Override
    protected Fixture fixture() {
        return fixture;
    }
}
