package dev.forebay.model.compile;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.Location;
import dev.forebay.model.tree.Occurrence;
import java.util.List;
import java.util.Map;

/**
 * A model, the paths to it, and where the file declares them.
 *
 * @param places one for each route
 * @param occurrences where each is declared; empty for a query
 * @param tables it reads; one may stand there twice
 */
record Compiled(
    CompiledModel model,
    List<Route> routes,
    List<Location> places,
    Map<Occurrence, Location> occurrences,
    List<Table> tables) {}
