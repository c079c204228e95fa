package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * IDMEF (RFC 4765): each {@code Alert} of each message becomes {@code idmef:<classification text>}; heartbeats are passed
 * over. Elements are known by the URI of their namespace and their local name, whatever the prefix; older sensors name no
 * namespace. A document type may be named, and is not looked at; a message that declares anything in it, or uses an
 * entity, is refused. A message is read up to its first fault; the stream goes on with the next.
 */
final class IdmefReader {
    private static final String NAMESPACE = "http://iana.org/idmef";
    private static final String ROOT = "IDMEF-Message";

    private final ParserSetting setting;
    private final Consumer<Alarm> sink;
    private final XMLInputFactory factory = XMLInputFactory.newDefaultFactory();

    IdmefReader(ParserSetting setting, Consumer<Alarm> sink) {
        this.setting = setting;
        this.sink = sink;
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    }

    /** Reads all messages of the stream. */
    void read(InputStream stream) throws IOException {
        XmlDocuments documents = new XmlDocuments(stream, ROOT);
        while (documents.next()) {
            try {
                read(documents);
            } catch (BadRecord e) {
                refuse(e.reason(), ROOT);
            } catch (XMLStreamException e) {
                if (e.getNestedException() instanceof IOException fault && !(fault instanceof XmlDocuments.TooLong)) {
                    throw fault;
                }
                boolean tooLong = e.getNestedException() instanceof XmlDocuments.TooLong;
                refuse(tooLong ? Reason.OVERSIZE : Reason.SYNTAX, String.valueOf(e.getMessage()));
            }
        }
    }

    private void refuse(Reason reason, String sample) {
        byte[] shown = sample.getBytes(StandardCharsets.UTF_8);
        setting.tally().countBad(reason, shown, 0, shown.length);
    }

    private void read(XmlDocuments documents) throws IOException, XMLStreamException, BadRecord {
        // Bytes that are no letters are replaced here: the parser would print a line about them, and refuse the
        // message.
        XMLStreamReader reader =
                factory.createXMLStreamReader(new InputStreamReader(documents.document(), documents.charset()));
        @Nullable IdmefAlert alert = null;
        int depth = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.ENTITY_REFERENCE -> throw new BadRecord(Reason.DOCTYPE);
                case XMLStreamConstants.DTD -> {
                    if (declares(String.valueOf(reader.getText()))) {
                        throw new BadRecord(Reason.DOCTYPE);
                    }
                }
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    if (depth > RecordLimits.NESTING_MAX) {
                        throw new BadRecord(Reason.NESTING);
                    }
                    boolean ours = isOurs(reader.getNamespaceURI());
                    if (depth == 1 && !(ours && reader.getLocalName().equals(ROOT))) {
                        throw new BadRecord(Reason.TYPE);
                    }
                    if (depth == 2 && ours && reader.getLocalName().equals("Alert")) {
                        alert = new IdmefAlert(setting);
                    } else if (alert != null) {
                        alert.open(ours ? reader.getLocalName() : "?", reader);
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (alert != null) {
                        alert.text(reader.getText());
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    if (depth == 1) {
                        finish(alert, reader.getLocalName());
                        alert = null;
                        documents.renew();
                    } else if (alert != null) {
                        alert.close();
                    }
                }
                default -> {
                    // comments, processing instructions, the ends of the document
                }
            }
        }
    }

    /** The parser gives the beginning of a document type as it happens to lie in its buffer, but its end always. */
    private static boolean declares(String documentType) {
        return documentType.endsWith("]>") || documentType.contains("[");
    }

    private static boolean isOurs(@Nullable String namespace) {
        return namespace == null || namespace.isEmpty() || namespace.equals(NAMESPACE);
    }

    /** One alert that lacks something is refused alone. */
    private void finish(@Nullable IdmefAlert alert, String name) {
        if (alert == null) {
            setting.tally().countSkipped(name);
            return;
        }
        try {
            sink.accept(alert.build());
        } catch (BadRecord e) {
            refuse(e.reason(), alert.toString());
        }
    }
}
