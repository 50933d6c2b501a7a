/** What a request is answered where it cannot be done; the message is for whoever sent it. */
export class Refusal extends Error {
  readonly status: number;
  /** The methods that would do (405). */
  readonly allow: string | undefined;

  constructor(status: number, message: string, allow?: string) {
    super(message);
    this.status = status;
    this.allow = allow;
  }
}
