package org.maftia.wormhole.process;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.conformance.ConformanceKit;
import org.maftia.wormhole.conformance.Fixture;

/** The kit over the socket; the processes serve all its tests, each on streams of its own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the process back end needs Linux")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PersistentProcessConformanceTest extends ConformanceKit {
    private ProcessFixture fixture;

    @BeforeAll
    void start() throws IOException {
        fixture = new ProcessFixture(TagProfile.P256, true);
    }

    @AfterAll
    void end() throws IOException {
        if (fixture != null) {
            fixture.end();
        }
    }

    @Override
    protected Fixture fixture() {
        return fixture;
    }
}
