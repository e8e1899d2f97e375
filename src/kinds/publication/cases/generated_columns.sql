-- from 18
-- old
create publication p;
create publication q with (publish_generated_columns = stored);
-- new
create publication p with (publish_generated_columns = stored);
create publication q;
create publication r with (publish_generated_columns = stored);
