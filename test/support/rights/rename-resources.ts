import { BUCKET } from '../local-s3.ts';

/** Tables as `createTables` names them. */
const TEST_TABLE = /^(.*:table\/)test-[0-9a-f-]{36}-(audit|network|traffic|cache)(.*)$/;
/**
 * The single bucket of the local S3 in tests. Exports are in two of its folders, the flow log in
 * all others.
 */
const TEST_BUCKET = new RegExp(`^(arn:aws:s3:::)${BUCKET}(?=/(exports|unfinished)/|)(.*)$`);

/** Variables that name a resource. */
const NAMING = /_(TABLE|BUCKET|FUNCTION|ARN)$|^USER_POOL_ID$/;

/**
 * Gives the resources of a test the names that a deployed function with this environment has for
 * them.
 */
export function renameResources(deployed: Record<string, string>): (resource: string) => string {
  const names = new Map(
    Object.entries(deployed)
      .filter(([variable]) => NAMING.test(variable) && process.env[variable] !== undefined)
      .map(([variable, name]) => [process.env[variable]!, name]),
  );
  return resource => {
    const ofTable = TEST_TABLE.exec(resource);
    if (ofTable) return ofTable[1] + deployed[`${ofTable[2]!.toUpperCase()}_TABLE`]! + ofTable[3];
    const ofBucket = TEST_BUCKET.exec(resource);
    if (ofBucket) {
      const variable = ofBucket[2] === undefined ? 'FLOW_BUCKET' : 'EXPORT_BUCKET';
      return ofBucket[1] + (deployed[variable] ?? BUCKET) + ofBucket[3];
    }
    const named = names.get(resource);
    if (named !== undefined) return named;
    const parts = resource.split(/([:/])/);
    return parts.map(part => names.get(part) ?? part).join('');
  };
}
