/** What is used of `pg`, which brings no types. */
declare module "pg" {
  export interface ClientOptions {
    readonly connectionString: string;
    readonly application_name: string;
    readonly keepAlive: boolean;
    /** Milliseconds, each. */
    readonly connectionTimeoutMillis: number;
    readonly query_timeout: number;
  }

  export interface PoolOptions extends ClientOptions {
    readonly max: number;
    readonly allowExitOnIdle: boolean;
  }

  export class Client {
    constructor(options: ClientOptions);
    connect(): Promise<void>;
    end(): Promise<void>;
    query(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
    on(event: "error", listener: (error: Error) => void): this;
  }

  export interface PoolClient extends Pick<Client, "query" | "on"> {
    /** With `true` the connection is not used again. */
    release(destroy?: boolean): void;
  }

  export class Pool {
    constructor(options: PoolOptions);
    connect(): Promise<PoolClient>;
    end(): Promise<void>;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "connect", listener: (client: PoolClient) => void): this;
  }
}
