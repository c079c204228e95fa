package org.maftia.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/**
 * Takes HTTP/1.0 beside HTTP/1.1, which alone Helidon takes: clients of PKI still speak it, {@code openssl ocsp} among them.
 * It is the only selector of its port, as one that must recognize its connections among others' is asked before the
 * request line is there.
 */
final class VersionSelector implements ServerConnectionSelector {
    private final Http1ConnectionSelector http;
    private final Deadlines deadlines;
    private final int lineLengthMax;
    private final int headersLengthMax;

    VersionSelector(Http1Config config, Deadlines deadlines) {
        this.deadlines = deadlines;
        this.http = Http1ConnectionSelector.builder().config(config).build();
        this.lineLengthMax = config.maxPrologueLength();
        this.headersLengthMax = config.maxHeadersSize();
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return new VersionedConnection(context, http, deadlines, lineLengthMax, headersLengthMax);
    }
}
