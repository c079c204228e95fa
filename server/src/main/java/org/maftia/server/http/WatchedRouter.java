package org.maftia.server.http;

import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.Routing;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.util.List;

/**
 * The way of the requests of one connection, which has it known when the head of one is there, and when its answer is written. A
 * filter of the library would do the same, but with filters what no handler takes is an error and no answer 404.
 */
record WatchedRouter(Router router, Deadlines.Visit visit) implements Router {
    @Override
    public <T extends Routing> T routing(Class<T> type, T otherwise) {
        T found = router.routing(type, otherwise);
        return found instanceof HttpRouting http ? type.cast(new WatchedRouting(http, visit)) : found;
    }

    private record WatchedRouting(HttpRouting routing, Deadlines.Visit visit) implements HttpRouting {
        @Override
        public void route(ConnectionContext context, RoutingRequest request, RoutingResponse response) {
            visit.answers();
            try {
                routing.route(context, request, response);
            } finally {
                visit.rests();
            }
        }

        @Override
        public HttpSecurity security() {
            return routing.security();
        }

        @Override
        public void beforeStart() {
            routing.beforeStart();
        }

        @Override
        public void afterStart(WebServer server) {
            routing.afterStart(server);
        }

        @Override
        public void afterStop() {
            routing.afterStop();
        }
    }

    @Override
    public List<? extends Routing> routings() {
        return router.routings();
    }

    @Override
    public void beforeStart() {
        router.beforeStart();
    }

    @Override
    public void afterStart(WebServer server) {
        router.afterStart(server);
    }

    @Override
    public void afterStop() {
        router.afterStop();
    }
}
