import GRDB

/// Footage that was asked for, and what was offered for it.
enum OrderView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE orders (
                    origin INTEGER NOT NULL, leaf INTEGER NOT NULL, station TEXT NOT NULL,
                    number TEXT NOT NULL, state TEXT NOT NULL, why TEXT, account TEXT,
                    body TEXT NOT NULL,
                    PRIMARY KEY (origin, leaf)) WITHOUT ROWID;
                CREATE INDEX ordersByCase ON orders (number, origin, leaf);
                CREATE INDEX ordersWaiting ON orders (origin, leaf)
                    WHERE state IN ('open', 'offered');
                CREATE TABLE offers (
                    origin INTEGER NOT NULL, "order" INTEGER NOT NULL, item INTEGER NOT NULL,
                    state TEXT NOT NULL, why TEXT, account TEXT NOT NULL, leaf INTEGER NOT NULL,
                    PRIMARY KEY (origin, "order", item)) WITHOUT ROWID;
                """)
    }
}
