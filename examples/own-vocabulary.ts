// A vocabulary of one's own: models in a registry, with levels.
import { createAuthorizer, definePermission, defineVocabulary, roles } from 'feast-permissions';

const models = defineVocabulary({
  name: 'models',
  actions: {
    CAN_READ: {},
    CAN_EDIT: { implies: ['CAN_READ'] },
    CAN_MANAGE: { implies: ['CAN_EDIT'] },
  },
  types: { Model: {}, ProductionModel: { subtypeOf: 'Model' } },
});

export const authorizer = createAuthorizer({
  vocabulary: models,
  permissions: [
    definePermission(
      { name: 'editors', types: 'Model', actions: 'CAN_EDIT', policy: roles('editor') },
      { vocabulary: models },
    ),
  ],
});

authorizer.can({ username: 'ann', roles: ['editor'] }, 'CAN_READ', {
  type: 'ProductionModel',
  name: 'churn',
}); // true
