package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;

/**
 * Something that alarms are read from, once.
 *
 * @param name as people know it
 * @param stream opens it
 */
record AlarmInput(String name, Opening stream) {
    /** Opens a stream that its caller closes. */
    interface Opening {
        InputStream open() throws IOException;
    }
}
