/** The names of attributes, in spans and in metrics. */
const PREFIX = 'freshkeep.';

export function attributeNamed(name: string): string {
  return `${PREFIX}${name}`;
}

type Attribute = string | number | boolean;

/** With their whole names; what is `undefined` is left out. */
export function attributesOf(values: Readonly<Record<string, Attribute | undefined>>): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) attributes[attributeNamed(name)] = value;
  }
  return attributes;
}
