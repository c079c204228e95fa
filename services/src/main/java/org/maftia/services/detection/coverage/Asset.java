package org.maftia.services.detection.coverage;

import org.maftia.services.detection.Alarm;

/**
 * Something that is to be protected.
 *
 * @param id unique
 * @param platform what runs on it, in the words of {@link AttackClass#platform}
 */
public record Asset(String id, String platform) {
    public Asset {
        boolean named = !id.isEmpty() && Alarm.isClean(id) && !id.equals(Sensor.EVERYTHING);
        if (!named || platform.isEmpty() || !Alarm.isClean(platform)) {
            throw new IllegalArgumentException("an asset has a name and a platform");
        }
    }
}
