package org.maftia.server.link;

/**
 * How the link to one peer does. All counts are since this process began.
 *
 * @param up whether frames flow
 * @param connections how often it came up
 * @param framesSent frames of the protocols, those sent again counted again
 * @param bytesSent bytes on the network, sealed
 * @param keptFrames frames that the peer has not acknowledged
 * @param lostFrames frames that had to be given up because the peer stayed away or slow for too long
 */
public record LinkStatus(
        int peer,
        boolean up,
        long connections,
        long framesSent,
        long framesReceived,
        long bytesSent,
        long bytesReceived,
        int keptFrames,
        long keptBytes,
        long lostFrames) {}
