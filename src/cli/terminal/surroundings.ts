/** Where text for a person or another program goes. */
export type TextOutput = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
};

export type TextInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export type SignalName = "SIGINT" | "SIGTERM";

/** Where model servers on this machine may be found, and how long each is given to answer. */
export interface LocalServers {
  /** Such as `http://127.0.0.1:11434/v1`. */
  readonly addresses: readonly string[];
  readonly timeoutMs: number;
}

/** A line below all others that says what is waited for, and for how long. */
export interface Status {
  /** From now on this is waited for. The same again is the same wait. */
  show(what: string): void;
  /** Nothing is waited for, or a person is. */
  hide(): void;
}

/** All that the program knows of the process it runs in, so that tests can be another one. */
export interface Surroundings {
  readonly stdin: TextInput;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Shows what is waited for, where a person sees it. */
  readonly status?: Status;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The files of settings that are part of the environment. */
  readonly settingFiles?: readonly string[];
  /** The working directory. */
  readonly folder: string;
  readonly localServers: LocalServers;
  /** Such as `20.19.0`. */
  readonly nodeVersion: string;
  /** Calls the listener for each signal; what it returns ends that. */
  readonly onSignal: (listener: (name: SignalName) => void) => () => void;
  /** Ends the process at once. */
  readonly leave: (exitCode: number) => void;
}
