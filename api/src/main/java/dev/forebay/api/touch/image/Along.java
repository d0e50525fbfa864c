package dev.forebay.api.touch.image;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row that is deleted or changed because the one it refers to is deleted.
 *
 * @param after null if it is deleted
 */
public record Along(Image before, @Nullable Map<String, @Nullable String> after) {}
